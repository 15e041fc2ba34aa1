-- Alerts and work orders as the program reads them, with the tags of where they stand: one list of columns each, that of
-- `plant.alert.Alert` and `plant.work_order.WorkOrder`.
DROP FUNCTION IF EXISTS wanted_orders;  -- it returns rows of the view
DROP VIEW IF EXISTS alert_at_asset, work_order_at_asset;

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
