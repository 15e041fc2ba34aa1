-- name: add_work
-- Keep the work of a schedule as an import saw it.
INSERT INTO project_work (
    project_id, imported_at, status_on, activities, started, finished, hours, done_percent, planned_percent, calendar, file
)
VALUES (
    %(project_id)s, %(at)s, %(status_on)s, %(activities)s, %(started)s, %(finished)s, %(hours)s, %(done_percent)s,
    %(planned_percent)s, %(calendar)s, %(file)s
);

-- name: newest_work
-- The work of a project's newest schedule that has any.
SELECT status_on, activities, started, finished, hours, done_percent, planned_percent, calendar
FROM project_work
WHERE project_id = %(project_id)s
ORDER BY imported_at DESC
LIMIT 1;
