-- name: memberships
-- Which alert some findings belong to.
SELECT finding_id, alert_id
FROM alert_finding
WHERE finding_id = ANY (%(finding_ids)s::uuid[]);

-- name: alerts
-- Some alerts, and the open ones of some assets and kinds.
SELECT *
FROM alert_at_asset
WHERE alert_id IN (
    SELECT unnest(%(alert_ids)s::uuid[])
    UNION
    SELECT l.alert_id
    FROM unnest(%(asset_ids)s::integer[], %(kinds)s::text[]) AS wanted (asset_id, kind)
    JOIN alert AS l USING (asset_id, kind)
    WHERE l.active OR NOT l.acknowledged
);

-- name: episodes
-- The findings of some alerts that have not cleared, and how bad each is.
SELECT af.alert_id, f.finding_id, coalesce(f.severity_now, f.severity) AS grade
FROM alert_finding AS af
JOIN finding AS f USING (finding_id)
WHERE af.alert_id = ANY (%(alert_ids)s::uuid[]) AND f.cleared IS NULL;

-- name: orders_of_findings
-- The orders that some findings belong to, open or not.
SELECT finding_id, order_id
FROM work_order_finding
WHERE finding_id = ANY (%(finding_ids)s::uuid[]);

-- name: orders
-- The open ones of some orders, and those of some assets and failure modes, the oldest first.
SELECT *
FROM work_order_at_asset
WHERE order_id IN (
        SELECT unnest(%(order_ids)s::integer[])
        UNION
        SELECT o.order_id
        FROM unnest(%(asset_ids)s::integer[], %(failure_modes)s::text[]) AS wanted (asset_id, failure_mode)
        JOIN work_order AS o USING (asset_id, failure_mode)
        WHERE o.state NOT IN ('CLOSE', 'CAN')
    )
    AND state NOT IN ('CLOSE', 'CAN')
ORDER BY order_id;

-- name: joined
-- How many findings belong to some orders.
SELECT order_id, count(*)::integer AS findings
FROM work_order_finding
WHERE order_id = ANY (%(order_ids)s::integer[])
GROUP BY order_id;

-- name: signals
-- Some signals of some assets: what they are called, their limits, and their newest value.
SELECT s.asset_id, s.key AS signal, s.name, s.name_zh, s.unit, s.low, s.high, l.value, l.time
FROM unnest(%(asset_ids)s::integer[], %(keys)s::text[]) AS wanted (asset_id, key)
JOIN signal AS s USING (asset_id, key)
LEFT JOIN latest AS l USING (signal_id);

-- name: draw_orders
-- Draw the ids of so many orders.
SELECT nextval(pg_get_serial_sequence('work_order', 'order_id')) AS order_id
FROM generate_series(1, %(count)s);

-- name: add_alerts
-- Raise alerts.
INSERT INTO alert (
    alert_id, asset_id, kind, severity, active, acknowledged, shelved_until, suppressed, out_of_service,
    onset, raised_at, cleared_at, acknowledged_at, acknowledged_by, comment, count, shelved_by, shelved_why, told_at, told,
    milder, milder_since, evidence, revision
)
SELECT
    alert_id, asset_id, kind, severity, active, acknowledged, shelved_until, suppressed, out_of_service,
    onset, raised_at, cleared_at, acknowledged_at, acknowledged_by, comment, count, shelved_by, shelved_why, told_at, told,
    milder, milder_since, evidence, revision
FROM json_populate_recordset(NULL::alert, %(rows)s::json);

-- name: keep_alerts
-- Write what the desk may change of alerts.
UPDATE alert AS l
SET
    severity = r.severity, active = r.active, acknowledged = r.acknowledged, shelved_until = r.shelved_until,
    suppressed = r.suppressed, out_of_service = r.out_of_service, cleared_at = r.cleared_at, count = r.count,
    shelved_by = r.shelved_by, shelved_why = r.shelved_why, told_at = r.told_at, told = r.told, milder = r.milder,
    milder_since = r.milder_since, evidence = r.evidence, revision = r.revision
FROM json_populate_recordset(NULL::alert, %(rows)s::json) AS r
WHERE l.alert_id = r.alert_id;

-- name: join_alerts
-- Let findings belong to alerts.
INSERT INTO alert_finding (finding_id, alert_id)
SELECT finding_id, alert_id
FROM unnest(%(finding_ids)s::uuid[], %(alert_ids)s::uuid[]) AS joined (finding_id, alert_id);

-- name: add_alert_events
-- Write down what became of alerts, with the documents that go out.
INSERT INTO alert_event (alert_id, revision, at, actor, event, note, document, tells)
SELECT alert_id, revision, at, actor, event, note, document, tells
FROM json_populate_recordset(NULL::alert_event, %(rows)s::json);

-- name: add_orders
-- Raise orders under ids that were drawn for them.
INSERT INTO work_order (
    order_id, asset_id, alert_id, failure_mode, state, priority, severity, title, evidence, requested_finish,
    created_at, changed_at, revision, acknowledged_at, acknowledged_by, work_type, why, words, team, assignee, job_plan,
    job_plan_version
)
OVERRIDING SYSTEM VALUE
SELECT
    order_id, asset_id, alert_id, failure_mode, state, priority, severity, title, evidence, requested_finish,
    created_at, changed_at, revision, acknowledged_at, acknowledged_by, work_type, why, words, team, assignee, job_plan,
    job_plan_version
FROM json_populate_recordset(NULL::work_order, %(rows)s::json);

-- name: keep_orders
-- Write what the desk may change of orders, whose assets are locked.
UPDATE work_order AS o
SET
    priority = r.priority, severity = r.severity, title = r.title, evidence = r.evidence,
    requested_finish = r.requested_finish, changed_at = r.changed_at, revision = r.revision, why = r.why, team = r.team
FROM json_populate_recordset(NULL::work_order, %(rows)s::json) AS r
WHERE o.order_id = r.order_id AND o.revision < r.revision;

-- name: join_orders
-- Let findings belong to orders; a second time changes nothing.
INSERT INTO work_order_finding (order_id, finding_id)
SELECT order_id, finding_id
FROM unnest(%(order_ids)s::integer[], %(finding_ids)s::uuid[]) AS joined (order_id, finding_id)
ON CONFLICT (order_id, finding_id) DO NOTHING;

-- name: add_order_events
-- Write down what happened to orders, with the documents that go out.
INSERT INTO work_order_event (order_id, revision, at, actor, event, document)
SELECT order_id, revision, at, actor, event, document
FROM json_populate_recordset(NULL::work_order_event, %(rows)s::json);

-- name: wait
-- Remember why nothing came of findings yet, and when to look again.
UPDATE finding_seen AS s
SET waits = w.waits, look_at = w.look_at
FROM unnest(%(finding_ids)s::uuid[], %(waits)s::text[], %(look_at)s::timestamptz[]) AS w (finding_id, waits, look_at)
WHERE s.finding_id = w.finding_id;
