-- name: page
-- Wanted orders, one page of them in order, and how many there are; each with how its asset is called and how it was
-- proved who acknowledged it. With `columns` up to `most` of each column of the board, the most urgent first.
WITH wanted AS (
    SELECT
        o.order_id,
        count(*) OVER (PARTITION BY CASE WHEN %(columns)s THEN k.board END) AS total,
        row_number() OVER (
            PARTITION BY CASE WHEN %(columns)s THEN k.board END
            ORDER BY
                CASE WHEN %(sort)s = 'priority' THEN o.priority END,
                CASE WHEN %(sort)s = 'asset' THEN o.asset END,
                CASE WHEN %(sort)s IN ('due', 'priority') THEN o.requested_finish END,
                o.order_id DESC
        ) AS place
    FROM wanted_orders(
        p_states => %(states)s::text[], p_site => %(site)s, p_asset => %(asset)s, p_team => %(team)s,
        p_assignee => %(assignee)s, p_work_type => %(work_type)s, p_priority => %(priority)s::integer, p_text => %(text)s,
        p_overdue_at => %(overdue_at)s::timestamptz, p_due_from => %(due_from)s::timestamptz,
        p_due_to => %(due_to)s::timestamptz, p_created_from => %(created_from)s::timestamptz,
        p_created_to => %(created_to)s::timestamptz, p_in_warranty => %(in_warranty)s::boolean
    ) AS o
    CROSS JOIN LATERAL (
        SELECT CASE WHEN o.state IN ('WSCH', 'WMATL', 'WPCOND') THEN 'waits' ELSE o.state END AS board
    ) AS k
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
