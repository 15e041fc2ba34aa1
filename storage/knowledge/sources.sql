-- name: orders
-- Closed orders that cannot be found as they are now, the oldest first.
SELECT o.order_id, o.revision
FROM work_order AS o
JOIN work_order_closing AS c USING (order_id)
LEFT JOIN knowledge_entry AS e ON e.kind = 'order' AND e.key = o.order_id::text
WHERE e.stamp IS DISTINCT FROM %(version)s || ':' || o.revision
ORDER BY o.order_id
LIMIT %(most)s;

-- name: lessons
-- Lessons that cannot be found as they are now, or can and are withdrawn.
SELECT l.lesson_id
FROM lesson AS l
LEFT JOIN knowledge_entry AS e ON e.kind = 'lesson' AND e.key = l.lesson_id::text
WHERE CASE
    WHEN l.withdrawn_at IS NULL THEN e.stamp IS DISTINCT FROM %(version)s || ':' || l.revision
    ELSE e.stamp IS NOT NULL
END
ORDER BY l.kept_at
LIMIT %(most)s;

-- name: order
-- A closed order, with all that people said on it.
SELECT
    o.order_id, o.revision, o.title, o.evidence, a.site_id, a.class_id, o.asset_id, c.failure_mode, c.closed_at,
    ARRAY(
        SELECT said.text
        FROM (
            SELECT 0 AS part, 0::bigint AS place, o.words AS text
            UNION ALL
            SELECT 1, e.revision, coalesce(e.document ->> 'note', '')
            FROM work_order_event AS e
            WHERE e.order_id = o.order_id AND e.event <> 'commented'
            UNION ALL
            SELECT 2, b.booking_id, b.note
            FROM work_order_booking AS b
            WHERE b.order_id = o.order_id
            UNION ALL
            SELECT 3, m.comment_id, m.said
            FROM work_order_comment AS m
            WHERE m.order_id = o.order_id
        ) AS said
        WHERE said.text NOT IN ('', c.note)
        ORDER BY said.part, said.place
    ) AS notes,
    c.note AS closing_note, c.cause, c.action
FROM work_order AS o
JOIN asset AS a USING (asset_id)
JOIN work_order_closing AS c USING (order_id)
WHERE o.order_id = %(order_id)s;

-- name: place_of_lesson
-- Where a lesson belongs, by the numbers of the register.
SELECT l.site_id, l.class_id, o.asset_id
FROM lesson AS l
LEFT JOIN work_order AS o USING (order_id)
WHERE l.lesson_id = %(lesson_id)s;

-- name: rationalisations
-- What was thought through about an alarm and cannot be found as it is now.
SELECT
    r.class_id, r.kind, c.name AS class_name, c.name_zh AS class_name_zh, said.lines,
    %(version)s || ':' || md5(array_to_string(said.lines, chr(10))) AS stamp
FROM rationalisation AS r
JOIN asset_class AS c USING (class_id)
CROSS JOIN LATERAL (
    SELECT array_remove(
        ARRAY[r.cause, r.cause_zh, r.consequence, r.consequence_zh, r.action, r.action_zh], ''
    ) AS lines
) AS said
LEFT JOIN knowledge_entry AS e ON e.kind = 'rationalisation' AND e.key = r.class_id || ':' || r.kind
WHERE cardinality(said.lines) > 0
    AND e.stamp IS DISTINCT FROM %(version)s || ':' || md5(array_to_string(said.lines, chr(10)))
ORDER BY r.class_id, r.kind
LIMIT %(most)s;

-- name: lost_rationalisations
-- Rationalisations that can be found and are no more.
SELECT e.key
FROM knowledge_entry AS e
WHERE e.kind = 'rationalisation'
    AND NOT EXISTS (
        SELECT FROM rationalisation AS r
        WHERE r.class_id || ':' || r.kind = e.key
            AND concat(r.cause, r.cause_zh, r.consequence, r.consequence_zh, r.action, r.action_zh) <> ''
    );

-- name: documents
-- Documents of the register, and the newest version of each of a project, whose titles cannot be found as they are now.
-- One of a single asset is of its class too.
WITH document AS (
    SELECT
        'register:' || d.document_id AS key, d.title, d.version, d.file, d.site_id, d.asset_id,
        coalesce(d.class_id, a.class_id) AS class_id, NULL::timestamptz AS at
    FROM register_document AS d
    LEFT JOIN asset AS a USING (asset_id)
    UNION ALL
    (
        SELECT DISTINCT ON (d.project_id, d.asset_id, d.vdi_class, d.title)
            concat_ws(':', 'project', d.project_id, d.asset_id, d.vdi_class, d.title), d.title, d.version, d.file,
            j.site_id, d.asset_id, a.class_id, d.added_at
        FROM project_document AS d
        JOIN project AS j USING (project_id)
        LEFT JOIN asset AS a USING (asset_id)
        ORDER BY d.project_id, d.asset_id, d.vdi_class, d.title, d.document_id DESC
    )
)
SELECT d.*, stamped.stamp
FROM document AS d
CROSS JOIN LATERAL (
    SELECT %(version)s || ':' || md5(concat_ws(chr(10), d.title, d.version, d.file)) AS stamp
) AS stamped
LEFT JOIN knowledge_entry AS e ON e.kind = 'document' AND e.key = d.key
WHERE e.stamp IS DISTINCT FROM stamped.stamp
ORDER BY d.key
LIMIT %(most)s;
