-- name: page
-- Wanted orders, one page of them in order, and how many there are; each with how its asset is called and how it was
-- proved who acknowledged it. `in_warranty` asks for failures within a warranty. With `columns` up to `most` of each column of the board, the most urgent first.
WITH wanted AS (
    SELECT
        o.order_id,
        count(*) OVER (PARTITION BY CASE WHEN %(columns)s THEN k.board END) AS total,
        row_number() OVER (
            PARTITION BY CASE WHEN %(columns)s THEN k.board END
            ORDER BY
                CASE WHEN %(sort)s = 'priority' THEN o.priority END,
                CASE WHEN %(sort)s = 'asset' THEN a.tag END,
                CASE WHEN %(sort)s IN ('due', 'priority') THEN o.requested_finish END,
                o.order_id DESC
        ) AS place
    FROM work_order AS o
    JOIN asset AS a USING (asset_id)
    JOIN site AS s USING (site_id)
    CROSS JOIN LATERAL (
        SELECT CASE WHEN o.state IN ('WSCH', 'WMATL', 'WPCOND') THEN 'waits' ELSE o.state END AS board
    ) AS k
    WHERE CASE %(state)s::text
            WHEN 'open' THEN o.state NOT IN ('CLOSE', 'CAN')
            WHEN 'all' THEN true
            WHEN 'waits' THEN k.board = 'waits'
            ELSE o.state = %(state)s
        END
        AND (%(site)s::text IS NULL OR s.tag = %(site)s)
        AND (%(asset)s::text IS NULL OR a.tag = %(asset)s)
        AND (%(team)s::text IS NULL OR o.team = %(team)s)
        AND (%(assignee)s::text IS NULL OR o.assignee = %(assignee)s)
        AND (%(priority)s::integer IS NULL OR o.priority = %(priority)s)
        AND (%(work_type)s::text IS NULL OR o.work_type = %(work_type)s)
        AND (
            %(overdue_at)s::timestamptz IS NULL
            OR (o.requested_finish < %(overdue_at)s AND o.state NOT IN ('COMP', 'CLOSE', 'CAN'))
        )
        AND (
            NOT %(in_warranty)s::boolean
            OR o.order_id IN (SELECT f.order_id FROM failure_in_warranty AS f)
        )
        AND (%(due_from)s::timestamptz IS NULL OR o.requested_finish >= %(due_from)s)
        AND (%(due_to)s::timestamptz IS NULL OR o.requested_finish < %(due_to)s)
        AND (
            %(text)s::text IS NULL
            OR position(
                lower(%(text)s) IN lower(
                    concat_ws(
                        ' ', 'WO-' || lpad(o.order_id::text, greatest(6, length(o.order_id::text)), '0'), a.tag, a.name,
                        a.name_zh, o.title, o.words
                    )
                )
            ) > 0
        )
)
SELECT
    o.*,
    a.name AS asset_name,
    a.name_zh AS asset_name_zh,
    a.area,
    (SELECT f.ends FROM warranty_failure AS f WHERE f.order_id = o.order_id) AS warranty_until,
    w.total,
    w.place,
    (
        SELECT e.recognised
        FROM work_order_event AS e
        WHERE e.order_id = o.order_id AND e.event = 'acknowledged'
        ORDER BY e.revision
        LIMIT 1
    ) AS acknowledged_recognised
FROM wanted AS w
JOIN work_order_at_asset AS o USING (order_id)
JOIN asset AS a USING (asset_id)
WHERE w.place > %(skip)s AND w.place <= %(skip)s + %(most)s
ORDER BY w.place;

-- name: people
-- To whom open orders are given.
SELECT DISTINCT p.sign_in, p.name
FROM work_order AS o
JOIN person AS p ON p.sign_in = o.assignee
WHERE o.state NOT IN ('CLOSE', 'CAN')
ORDER BY p.name;

-- name: sites
-- The sites with their zones.
SELECT tag AS site, name, name_zh, timezone AS zone
FROM site
ORDER BY tag;

-- name: standing
-- Every order that stands, the most urgent first, in short.
SELECT
    o.order_id, o.asset_id, o.state, o.priority, o.requested_finish, o.failure_mode, o.title, o.team, p.name AS assignee_name,
    o.acknowledged_at IS NOT NULL AS is_acknowledged
FROM work_order AS o
LEFT JOIN person AS p ON p.sign_in = o.assignee
WHERE o.state NOT IN ('CLOSE', 'CAN')
ORDER BY o.priority, o.requested_finish, o.order_id
LIMIT 5000;
