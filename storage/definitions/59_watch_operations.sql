-- What a control room looks at besides health: orders, what has changed, what the models say an alarm is made of, lessons.

-- Work orders with what is due when.
CREATE VIEW watch.order_due AS
SELECT
    w.order_id, w.number, w.asset_id, w.site, a.area, w.asset, w.label, a.name, a.name_zh, w.title, w.state, w.priority,
    w.severity, o.work_type, w.requested_finish, w.created_at, o.completed_at,
    is_overdue(w.state, w.requested_finish, now()) AS is_overdue,
    extract(epoch FROM w.requested_finish - now())::double precision AS left_s
FROM watch.work_order AS w
JOIN work_order AS o USING (order_id)
JOIN watch.asset AS a ON a.asset_id = w.asset_id
WHERE w.open;

-- When the last shift began: shifts begin at 06, 14 and 22 o'clock in the site's zone.
CREATE VIEW watch.last_shift AS
SELECT
    s.tag AS site,
    (date_bin('8 hours', now() AT TIME ZONE s.timezone, '2001-01-01 06:00') - interval '8 hours') AT TIME ZONE s.timezone
        AS began
FROM site AS s;

-- What changed: how assets are, alerts, work orders, models in charge, and service states.
CREATE VIEW watch.change AS
SELECT
    h.since AS time, h.site, h.area, h.asset_id, h.label, 'health' AS kind, h.word AS event, '' AS says, '' AS says_zh
FROM watch.health_span AS h
UNION ALL
SELECT
    e.at, a.site, a.area, a.asset_id, a.label, 'alert', e.event, in_english(l.severity) || ' · ' || in_english(l.kind),
    in_chinese(l.severity) || ' · ' || in_chinese(l.kind)
FROM alert_event AS e
JOIN alert AS l USING (alert_id)
JOIN watch.asset AS a USING (asset_id)
UNION ALL
SELECT
    e.at, a.site, a.area, a.asset_id, a.label, 'order', e.event, told.says, told.says
FROM work_order_event AS e
JOIN work_order AS w USING (order_id)
JOIN watch.asset AS a USING (asset_id)
CROSS JOIN LATERAL (
    SELECT order_number(w.order_id) || ' ' || w.title AS says
) AS told
UNION ALL
SELECT
    e.at, a.site, a.area, a.asset_id, a.label, 'model', e.event, m.kind || ' ' || m.version,
    in_chinese(m.kind) || ' ' || m.version
FROM model_event AS e
JOIN model AS m USING (model_id)
JOIN installation AS i USING (installation_id)
JOIN watch.asset AS a USING (asset_id)
UNION ALL
SELECT s.since, a.site, a.area, a.asset_id, a.label, 'state', s.state, '', ''
FROM asset_state AS s
JOIN watch.asset AS a USING (asset_id);

-- How far each signal made a finding: the shares of one finding sum to 1.
CREATE VIEW watch.finding_share AS
SELECT
    f.asset_id, f.finding_id, f.onset, f.updated, f.cleared, f.kind, f.severity, f.score, part.signal, part.share,
    coalesce(s.name, part.signal) AS name, coalesce(s.name_zh, part.signal) AS name_zh
FROM finding AS f
JOIN watch.asset AS a USING (asset_id)
CROSS JOIN LATERAL jsonb_to_recordset(f.shares) AS part (signal text, share double precision)
LEFT JOIN watch.signal AS s ON s.asset_id = f.asset_id AND s.key = part.signal;

-- What was learnt about machines of an asset's class.
CREATE VIEW watch.lesson AS
SELECT
    a.asset_id, l.lesson_id, l.order_id, l.failure_mode, l.seen, l.cause, l.helped, l.changed_at, l.changed_by
FROM lesson AS l
JOIN asset AS held ON held.class_id = l.class_id AND held.site_id = l.site_id
JOIN watch.asset AS a ON a.asset_id = held.asset_id
WHERE l.withdrawn_at IS NULL;

-- Alarms that nobody looked after: open incidents with what they are made of. `held_by` is who has it: whom an open order at its
-- asset is assigned to, a person or a team, else who acknowledged its root; null where nobody has it.
CREATE VIEW watch.open_incident AS
SELECT
    i.incident_id, i.site, coalesce(nullif(i.area, ''), '–') AS area, i.began, i.severity,
    coalesce(array_position(ARRAY['INDETERMINATE', 'WARNING', 'MINOR', 'MAJOR', 'CRITICAL'], i.severity), 1) - 1
        AS severity_rank,
    i.size, i.in_flood, i.acknowledged_at, i.asset_id, i.asset, i.label, i.kind,
    coalesce(work.held_by, i.acknowledged_by) AS held_by, coalesce(work.held_by_zh, i.acknowledged_by) AS held_by_zh
FROM watch.incident AS i
LEFT JOIN LATERAL (
    SELECT coalesce(p.name, t.name) AS held_by, coalesce(p.name, nullif(t.name_zh, ''), t.name) AS held_by_zh
    FROM work_order AS w
    LEFT JOIN person AS p ON p.sign_in = w.assignee
    LEFT JOIN team AS t ON t.tag = w.team
    WHERE w.asset_id = i.asset_id AND w.state NOT IN ('CLOSE', 'CAN') AND (w.assignee IS NOT NULL OR w.team IS NOT NULL)
    ORDER BY w.priority, w.order_id
    LIMIT 1
) AS work ON true
WHERE i.open;
