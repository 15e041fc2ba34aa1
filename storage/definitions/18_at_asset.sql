-- Alerts, work orders, maintenance plans and lessons as the program reads them, with the tags of where they stand: one
-- list of columns each, that of `plant.alert.Alert`, `plant.work_order.WorkOrder` and their kin.
DROP FUNCTION IF EXISTS wanted_orders;  -- it returns rows of the view
DROP VIEW IF EXISTS alert_at_asset, work_order_at_asset, maintenance_plan_at_asset, lesson_at_asset;

CREATE VIEW alert_at_asset AS
SELECT
    l.alert_id, l.asset_id, s.tag AS site, a.tag AS asset, l.kind, l.severity, l.active, l.acknowledged,
    l.shelved_until, l.suppressed, l.out_of_service, l.onset, l.raised_at, l.cleared_at, l.acknowledged_at,
    l.acknowledged_by, l.comment, l.count, l.shelved_by, l.shelved_why, l.told_at, l.told, l.milder, l.milder_since,
    l.evidence, l.revision, l.acknowledged_recognised
FROM alert AS l
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id);

CREATE VIEW work_order_at_asset AS
SELECT
    o.order_id, o.asset_id, s.tag AS site, a.tag AS asset, c.tag AS asset_class, o.failure_mode, o.state,
    o.priority, o.severity, o.title, o.evidence, o.requested_finish, o.created_at, o.changed_at, o.revision,
    o.acknowledged_at, o.acknowledged_by, o.started_at, o.completed_at, o.work_type, o.why, o.words, o.team, o.assignee,
    p.name AS assignee_name, o.job_plan, o.job_plan_version, o.overdue_at,
    EXISTS (
        SELECT FROM work_order_booking AS b
        WHERE b.order_id = o.order_id
          AND b.reverses IS NULL
          AND NOT EXISTS (SELECT FROM work_order_booking AS r WHERE r.reverses = b.booking_id)
    ) AS booked
FROM work_order AS o
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
JOIN asset_class AS c USING (class_id)
LEFT JOIN person AS p ON p.sign_in = o.assignee;

CREATE VIEW maintenance_plan_at_asset AS
SELECT
    m.plan_id, m.asset_id, s.tag AS site, s.timezone AS zone, a.tag AS asset, m.tag, m.document, m.is_active, m.occurrences,
    m.next_due, m.anchor_at, m.anchor_value, m.carried, m.seen_value, m.fell_to, m.fell_at, m.last_order_id,
    coalesce(o.state NOT IN ('COMP', 'CLOSE', 'CAN'), false) AS last_is_open,
    coalesce(o.completed_at, CASE WHEN o.state IN ('CLOSE', 'CAN') THEN o.changed_at END) AS last_done_at
FROM maintenance_plan AS m
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
LEFT JOIN work_order AS o ON o.order_id = m.last_order_id;

CREATE VIEW lesson_at_asset AS
SELECT
    l.lesson_id, s.tag AS site, c.tag AS asset_class, l.order_id, a.tag AS asset, l.failure_mode, l.signals, l.seen,
    l.cause, l.helped, l.kept_at, l.kept_by, l.changed_at, l.changed_by, l.revision, l.withdrawn_at
FROM lesson AS l
JOIN site AS s USING (site_id)
JOIN asset_class AS c USING (class_id)
LEFT JOIN work_order AS o USING (order_id)
LEFT JOIN asset AS a ON a.asset_id = o.asset_id;
