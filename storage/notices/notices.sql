-- name: post
-- Raise a notice, or revise the one there is; what had ended begins anew, and what got worse wants acknowledging again.
INSERT INTO notice AS n (
    site, asset_id, area, subject, subject_id, team, severity, priority, critical, document, told_revision,
    raised_at, changed_at
)
VALUES (
    %(site)s, %(asset_id)s, %(area)s, %(subject)s, %(subject_id)s, %(team)s, %(severity)s, %(priority)s, %(critical)s,
    %(document)s, %(tell)s::boolean::integer, %(at)s, %(at)s
)
ON CONFLICT ON CONSTRAINT notice_is_one_for_subject_and_team DO UPDATE
SET
    site = excluded.site, asset_id = excluded.asset_id, area = excluded.area, severity = excluded.severity,
    priority = excluded.priority, critical = excluded.critical, document = excluded.document,
    revision = n.revision + 1,
    told_revision = CASE WHEN %(tell)s THEN n.revision + 1 ELSE n.told_revision END,
    raised_at = CASE WHEN n.ended_at IS NULL THEN n.raised_at ELSE excluded.raised_at END,
    changed_at = excluded.changed_at,
    acknowledged_at = CASE
        WHEN n.ended_at IS NULL AND n.severity <> ALL(%(worse_than)s::text[]) AND n.critical >= excluded.critical
        THEN n.acknowledged_at
    END,
    acknowledged_by = CASE
        WHEN n.ended_at IS NULL AND n.severity <> ALL(%(worse_than)s::text[]) AND n.critical >= excluded.critical
        THEN n.acknowledged_by
    END,
    ended_at = NULL
RETURNING *;

-- name: acknowledge
-- Take note of a thing's notices; who did so first stays named.
UPDATE notice
SET acknowledged_at = %(at)s, acknowledged_by = %(by)s, revision = revision + 1, changed_at = %(at)s
WHERE subject = %(subject)s AND subject_id = %(subject_id)s AND acknowledged_at IS NULL;

-- name: end
-- Say that a thing is over.
UPDATE notice
SET ended_at = %(at)s, revision = revision + 1, changed_at = %(at)s
WHERE subject = %(subject)s AND subject_id = %(subject_id)s AND ended_at IS NULL;

-- name: get
-- One notice.
SELECT *
FROM notice
WHERE notice_id = %(notice_id)s::uuid;

-- name: about
-- The notices of one thing, by team.
SELECT *
FROM notice
WHERE subject = %(subject)s AND subject_id = %(subject_id)s
ORDER BY team NULLS FIRST;

-- name: teams
-- Which teams were told of some things.
SELECT subject_id, team
FROM notice
WHERE subject = %(subject)s AND subject_id = ANY (%(subject_ids)s::text[]);
