-- name: work_memory
-- Rolling an hour up in memory.
SET work_mem = '256MB';

-- name: key_memory
-- Sorting a key in memory.
SET maintenance_work_mem = '1GB';

-- name: partitions
-- Where the grade has partitions, those of readings and roll-ups.
SELECT ensure_partition(%(since)s, %(until)s), ensure_rollup_partition(%(since)s, %(until)s);

-- name: site
-- The one site.
INSERT INTO site (tag, name, timezone, currency) VALUES ('bench', 'Bench', 'UTC', 'EUR');

-- name: classes
-- Ten classes of equipment.
INSERT INTO asset_class (tag, name)
SELECT 'class_' || n, 'Class ' || n
FROM generate_series(1, 10) AS n;

-- name: assets
-- Machines of all classes, in forty areas.
INSERT INTO asset (site_id, class_id, tag, name, area)
SELECT s.site_id, c.class_id, 'A-' || lpad(n::text, 5, '0'), 'Machine ' || n, 'Area ' || lpad(mod(n, 40)::text, 2, '0')
FROM generate_series(1, %(assets)s) AS n
CROSS JOIN site AS s
JOIN asset_class AS c ON c.tag = 'class_' || 1 + mod(n, 10)
ORDER BY n;

-- name: service
-- All have been in service for a year.
UPDATE asset_state
SET since = %(until)s::timestamptz - interval '395 days', noted_at = %(until)s::timestamptz - interval '395 days';

-- name: signals
-- As many signals for each: the first is power, two are shown on the twin, the first four have limits.
INSERT INTO signal (asset_id, key, name, unit, low, high, key_value, position)
SELECT
    a.asset_id, 'signal_' || lpad(n::text, 2, '0'), 'Signal ' || n, (ARRAY['kW', '°C', 'mm/s', 'bar', 'm³/h'])[1 + mod(n - 1, 5)],
    CASE WHEN n <= 4 THEN 5 END, CASE WHEN n <= 4 THEN 95 END, n <= 2, n
FROM asset AS a
CROSS JOIN generate_series(1, %(signals)s) AS n
ORDER BY a.asset_id, n;

-- name: feeds
-- Each machine feeds the next one of its area.
INSERT INTO feed (from_asset_id, to_asset_id)
SELECT asset_id, next_id
FROM (SELECT asset_id, lead(asset_id) OVER (PARTITION BY area ORDER BY asset_id) AS next_id FROM asset) AS line
WHERE next_id IS NOT NULL;

-- name: latest
-- What every signal said last; one machine in fifty is silent.
INSERT INTO latest (signal_id, time, value, flags, stored_at)
SELECT
    s.signal_id, %(until)s::timestamptz - said.ago, mod(s.signal_id * 7, 1000) / 10.0, 0, %(until)s::timestamptz - said.ago
FROM signal AS s
CROSS JOIN LATERAL (
    SELECT CASE WHEN mod(s.asset_id, 50) = 0 THEN interval '20 minutes' ELSE interval '2 seconds' END AS ago
) AS said;

-- name: machines
-- A machine at each asset, of two makes.
WITH made AS (
    INSERT INTO equipment (class_id, serial, manufacturer, model)
    SELECT class_id, asset_id::text, 'Maker', 'M' || mod(asset_id, 2)
    FROM asset
    RETURNING equipment_id, serial
)
INSERT INTO installation (asset_id, equipment_id, installed_from)
SELECT serial::integer, equipment_id, %(until)s::timestamptz - interval '400 days'
FROM made
ORDER BY 1;

-- name: models
-- Three models for each machine: two that went, and one in charge.
INSERT INTO model (
    installation_id, kind, version, state, signal_ids, data_from, data_to, data_rows, data_sha256, libraries, artifact,
    trained_by, trained_at
)
SELECT
    i.installation_id, 'condition', v, CASE v WHEN 3 THEN 'champion' ELSE 'retired' END, '{}', r.at, r.at, 86400, '', '{}',
    decode(repeat('00', 4096), 'hex'), 'bench', r.at
FROM installation AS i
CROSS JOIN generate_series(1, 3) AS v
CROSS JOIN LATERAL (SELECT %(until)s::timestamptz - make_interval(days => mod(i.asset_id, 90) + 100 * (3 - v)) AS at) AS r;

-- name: model_events
-- When each came into charge.
INSERT INTO model_event (model_id, at, actor, event, recognised)
SELECT model_id, trained_at, 'bench', 'promoted', 'session'
FROM model;

-- name: drift_checks
-- Two months of daily looks whether the models in charge still fit.
INSERT INTO drift_check (model_id, at, data_from, data_to, signals, episodes, expected, inputs_drift, alarms_drift)
SELECT
    m.model_id, %(until)s::timestamptz - make_interval(days => day), %(until)s, %(until)s, '[]', 1, 1, mod(m.model_id, 60) = 0,
    mod(m.model_id, 90) = 0
FROM model AS m
CROSS JOIN generate_series(0, 59) AS day
WHERE m.state = 'champion';

-- name: readings
-- What all signals said in a stretch of time, all at each instant, as devices send it.
INSERT INTO reading (time, signal_id, flags, value)
SELECT at, s.signal_id, 0, mod(s.signal_id * 7 + extract(epoch FROM at)::bigint, 1000) / 10.0
FROM generate_series(
    %(since)s::timestamptz, %(until)s::timestamptz - interval '1 millisecond', make_interval(secs => %(period_s)s)
) AS at
CROSS JOIN signal AS s;

-- name: fast_readings
-- One machine speaks every second.
INSERT INTO reading (time, signal_id, flags, value)
SELECT at, s.signal_id, 0, mod(s.signal_id * 7 + extract(epoch FROM at)::bigint, 1000) / 10.0
FROM generate_series(
    %(since)s::timestamptz + interval '500 milliseconds', %(until)s::timestamptz - interval '1 millisecond', interval '1 second'
) AS at
CROSS JOIN signal AS s
WHERE s.asset_id = %(asset_id)s;

-- name: drop_key
-- Without its key the rows come in many times as fast.
ALTER TABLE reading DROP CONSTRAINT reading_is_stored_once;

-- name: make_key
-- The key is made at once when all are there.
ALTER TABLE reading ADD CONSTRAINT reading_is_stored_once PRIMARY KEY (signal_id, time);

-- name: minutes
-- Roll a stretch of time up by minute.
INSERT INTO reading_1m (signal_id, time, lowest, highest, total, n, last)
SELECT signal_id, date_bin('1 minute', time, '2001-01-01 UTC'), min(value), max(value), sum(value), count(*), max(value)
FROM reading
WHERE time >= %(since)s AND time < %(until)s
GROUP BY 1, 2;

-- name: hours
-- Roll a stretch of time up by hour.
INSERT INTO reading_1h (signal_id, time, lowest, highest, total, n, last)
SELECT signal_id, date_bin('1 hour', time, '2001-01-01 UTC'), min(lowest), max(highest), sum(total), sum(n), max(last)
FROM reading_1m
WHERE time >= %(since)s AND time < %(until)s
GROUP BY 1, 2;

-- name: scores
-- What the models said of each machine in a stretch of time, every thirty seconds.
INSERT INTO score (asset_id, time, model_id, score_max, score_last)
SELECT m.asset_id, at, m.model_id, m.score, m.score
FROM generate_series(
    %(since)s::timestamptz, %(until)s::timestamptz - interval '1 millisecond', interval '30 seconds'
) AS at
CROSS JOIN (
    SELECT i.asset_id, m.model_id, 0.05 + mod(i.asset_id, 10) / 50.0 + CASE WHEN mod(i.asset_id, 70) = 0 THEN 0.4 ELSE 0 END AS score
    FROM model AS m
    JOIN installation AS i USING (installation_id)
    WHERE m.state = 'champion'
) AS m;

-- name: wear
-- A week of wear of each machine.
INSERT INTO wear (asset_id, time, model_id, wear, wear_signals)
SELECT i.asset_id, at, m.model_id, 0.3, ARRAY[0.1, 0.2]
FROM model AS m
JOIN installation AS i USING (installation_id)
CROSS JOIN generate_series(%(until)s::timestamptz - interval '7 days', %(until)s, interval '10 minutes') AS at
WHERE m.state = 'champion';

-- name: remaining_life
-- A month of hourly estimates of how long each machine has left.
INSERT INTO remaining_life (
    asset_id, time, installation_id, source_version, outlook, likely_s, low_s, high_s, coverage, estimated_at, wear_limit
)
SELECT i.asset_id, at, i.installation_id, 'wear/condition/v3', 'known', 864000, 432000, 1728000, 0.8, at, 2.5
FROM installation AS i
CROSS JOIN generate_series(%(until)s::timestamptz - interval '30 days', %(until)s, interval '1 hour') AS at;

-- name: health
-- Half a year in which the health of each machine changed twice a day.
INSERT INTO health_span (asset_id, since, until, word)
SELECT
    a.asset_id, began.at, CASE WHEN began.at < last.at THEN began.at + interval '12 hours' END,
    (ARRAY['good', 'good', 'good', 'watch', 'good', 'alarm'])[1 + mod(a.asset_id + n, 6)]
FROM asset AS a
CROSS JOIN generate_series(0, 360) AS n
CROSS JOIN LATERAL (SELECT %(until)s::timestamptz - interval '3 hours' AS at) AS last
CROSS JOIN LATERAL (SELECT last.at - make_interval(hours => 12 * n::integer) AS at) AS began;

-- name: findings
-- A year in which the models found something of each machine twenty times; one machine in thirty is ill now.
INSERT INTO finding (
    finding_id, asset_id, kind, failure_mode, source, source_version, onset, updated, cleared, severity, score, shares,
    window_from, window_to
)
SELECT
    gen_random_uuid(), a.asset_id, 'condition_' || mod(n, 3), 'VIB', 'model', 'condition/v3', at, at + interval '2 hours',
    CASE WHEN n > 0 OR mod(a.asset_id, 30) > 0 THEN at + interval '2 hours' END,
    (ARRAY['CRITICAL', 'MAJOR', 'MINOR', 'WARNING'])[1 + mod(a.asset_id + n, 4)], 0.7,
    '[{"signal": "signal_02", "share": 0.7, "unit": "°C"}, {"signal": "signal_03", "share": 0.3, "unit": "mm/s"}]', at, at
FROM asset AS a
CROSS JOIN generate_series(0, 19) AS n
CROSS JOIN LATERAL (
    SELECT %(until)s::timestamptz - make_interval(days => n * 18, mins => 200 + mod(a.asset_id * 37, 12960)) AS at
) AS began;

-- name: alerts
-- Each became an alert.
INSERT INTO alert (
    alert_id, asset_id, kind, severity, active, acknowledged, onset, raised_at, cleared_at, acknowledged_at, acknowledged_by,
    told, told_at
)
SELECT
    finding_id, asset_id, kind, severity, cleared IS NULL, cleared IS NOT NULL, onset, onset, cleared, cleared,
    CASE WHEN cleared IS NOT NULL THEN 'Kim' END, 1, onset
FROM finding;

-- name: alert_events
-- Each alert was raised and repeated, and those that ended were acknowledged and cleared.
INSERT INTO alert_event (alert_id, revision, at, actor, event, document, tells)
SELECT
    l.alert_id, n, l.raised_at + make_interval(mins => n), 'desk', (ARRAY['raised', 'repeated', 'acknowledged', 'cleared'])[n],
    jsonb_build_object('severity', l.severity, 'text', repeat('x', 400)), n = 1
FROM alert AS l
CROSS JOIN generate_series(1, 4) AS n
WHERE n <= 2 OR l.cleared_at IS NOT NULL;

-- name: incidents
-- Each alert was an incident.
INSERT INTO incident (incident_id, site_id, area, began, root_alert_id, severity, size, resolved_at)
SELECT l.alert_id, a.site_id, a.area, l.raised_at, l.alert_id, l.severity, 1, l.cleared_at
FROM alert AS l
JOIN asset AS a USING (asset_id);

-- name: floods
-- A flood a week in one area or another.
INSERT INTO alarm_flood (flood_id, site_id, area, began, ended)
SELECT gen_random_uuid(), s.site_id, 'Area ' || lpad(mod(n, 40)::text, 2, '0'), at, at + interval '25 minutes'
FROM site AS s
CROSS JOIN generate_series(1, 52) AS n
CROSS JOIN LATERAL (SELECT %(until)s::timestamptz - make_interval(weeks => n) AS at) AS began;

-- name: orders
-- One alert in four led to an order; those of what goes on are open.
INSERT INTO work_order (
    asset_id, alert_id, failure_mode, state, priority, severity, title, evidence, requested_finish, created_at, changed_at,
    work_type, completed_at
)
SELECT
    asset_id, alert_id, 'VIB', CASE WHEN cleared_at IS NULL THEN 'APPR' ELSE 'CLOSE' END, 2, severity, 'Bearing replaced', '{}',
    raised_at + interval '1 day', raised_at, raised_at + interval '9 hours', 'corrective', cleared_at
FROM alert
WHERE cleared_at IS NULL OR mod(('x' || left(alert_id::text, 4))::bit(16)::integer, 4) = 0;

-- name: order_events
-- Each went through five steps.
INSERT INTO work_order_event (order_id, revision, at, actor, event, document, recognised)
SELECT
    o.order_id, n, o.created_at + make_interval(hours => n), 'Kim', (ARRAY['raised', 'approved', 'started', 'completed', 'closed'])[n],
    jsonb_build_object('text', repeat('x', 400)), 'session'
FROM work_order AS o
CROSS JOIN generate_series(1, 5) AS n
WHERE n <= 2 OR o.state = 'CLOSE';

-- name: closings
-- And was closed with codes.
INSERT INTO work_order_closing (
    order_id, outcome, failure_mode, cause, action, failed_at, restored_at, relearn, closed_at, closed_by, recognised
)
SELECT
    order_id, (ARRAY['confirmed', 'confirmed', 'false_alarm'])[1 + mod(order_id, 3)], 'VIB', 'WEA', 'REP', created_at,
    created_at + interval '6 hours', false, created_at + interval '9 hours', 'Kim', 'session'
FROM work_order
WHERE state = 'CLOSE';

-- name: bookings
-- And booked.
INSERT INTO work_order_booking (order_id, booked_at, booked_by, hours, cost, currency, recognised)
SELECT order_id, closed_at, closed_by, 6, 420, 'EUR', 'session'
FROM work_order_closing;

-- name: labels
-- What people said of each.
INSERT INTO label (
    order_id, finding_id, asset_id, source, kind, outcome, failure_mode, onset, ended, notified_at, failed_at, restored_at,
    labelled_at, labelled_by
)
SELECT
    o.order_id, o.alert_id, o.asset_id, 'model', 'condition', c.outcome, 'VIB', o.created_at, o.created_at + interval '2 hours',
    o.created_at, c.failed_at, c.restored_at, c.closed_at, 'Kim'
FROM work_order AS o
JOIN work_order_closing AS c USING (order_id);

-- name: lessons
-- What was learnt from one order in ten.
INSERT INTO lesson (
    lesson_id, site_id, class_id, order_id, failure_mode, seen, cause, helped, kept_at, kept_by, changed_at, changed_by
)
SELECT
    gen_random_uuid(), a.site_id, a.class_id, o.order_id, 'VIB', 'Vibration rises', 'Bearing worn', 'Bearing replaced',
    o.changed_at, 'Kim', o.changed_at, 'Kim'
FROM work_order AS o
JOIN asset AS a USING (asset_id)
WHERE mod(o.order_id, 10) = 0 AND o.state = 'CLOSE';

-- name: projects
-- Five projects that were handed over, one after the other.
INSERT INTO project (tag, site_id, name, completion_key, required_documents, created_at, created_by, service_from)
SELECT
    'project-' || n, s.site_id, 'Project ' || n, 'done', '{03-01,03-02,02-04}', %(until)s::timestamptz - interval '395 days',
    'Kim', %(until)s::timestamptz - make_interval(days => 60 * n)
FROM site AS s
CROSS JOIN generate_series(1, 5) AS n;

-- name: project_assets
-- Each machine came by one of them.
INSERT INTO project_asset (project_id, asset_id)
SELECT p.project_id, a.asset_id
FROM asset AS a
JOIN project AS p ON p.tag = 'project-' || 1 + mod(a.asset_id, 5);

-- name: milestones
-- With twenty milestones each, told twelve times.
INSERT INTO project_milestone (project_id, key, imported_at, name, planned, forecast, file)
SELECT p.project_id, key, at, key, day::date, (day + make_interval(days => told))::date, 'plan.xml'
FROM project AS p
CROSS JOIN generate_series(1, 20) AS n
CROSS JOIN generate_series(1, 12) AS told
CROSS JOIN LATERAL (
    SELECT
        CASE n WHEN 20 THEN 'done' ELSE 'm' || n END AS key, %(until)s::timestamptz - make_interval(days => 30 * (12 - told)) AS at,
        %(until)s::timestamptz - make_interval(days => 10 * n) AS day
) AS said;

-- name: gates
-- All gates passed.
INSERT INTO project_gate (project_id, gate, outcome, at, actor, recognised)
SELECT p.project_id, gate, 'passed', p.service_from - make_interval(days => (10 - place)::integer), 'Kim', 'session'
FROM project AS p
CROSS JOIN unnest(
    '{feasibility, pre_review, completeness, punch_list, training, spares, telemetry, confirmation, trial, sign_off}'::text[]
) WITH ORDINALITY AS gate (gate, place);

-- name: documents
-- Two documents for each machine.
INSERT INTO project_document (project_id, asset_id, vdi_class, title, version, file, sha256, added_at, added_by)
SELECT project_id, asset_id, vdi_class, 'Manual', '1', 'manual.pdf', repeat('0', 64), %(until)s, 'Kim'
FROM project_asset
CROSS JOIN unnest('{03-01, 03-02}'::text[]) AS vdi_class;

-- name: punches
-- Two punches for each machine, one in twenty still open.
INSERT INTO project_punch (project_id, asset_id, category, text, raised_at, raised_by, closed_at, closed_by)
SELECT
    project_id, asset_id, 'B', 'Guard is missing', %(until)s::timestamptz - interval '90 days', 'Kim',
    CASE WHEN mod(asset_id + n, 20) > 0 THEN %(until)s::timestamptz END, CASE WHEN mod(asset_id + n, 20) > 0 THEN 'Kim' END
FROM project_asset
CROSS JOIN generate_series(1, 2) AS n;

-- name: signatures
-- Both sides have signed.
INSERT INTO project_signature (
    project_id, gate, side, person, signed_by, recognised, signed_at, manifest_sha256, manifest
)
SELECT project_id, 'sign_off', side, 'Kim', 'kim', 'session', service_from, repeat('0', 64), '{}'
FROM project
CROSS JOIN unnest('{engineering, operations}'::text[]) AS side;

-- name: goals
-- And agreed to every goal.
INSERT INTO project_goal (
    project_id, measure, target, proposed_at, proposed_by, engineering_at, engineering_by, operations_at, operations_by
)
SELECT
    project_id, measure, 0.98, created_at, 'Kim', created_at, 'Kim', created_at, 'Li'
FROM project
CROSS JOIN unnest('{schedule, cost, energy, availability, failures}'::text[]) AS measure;

-- name: designs
-- A change of the design of each class.
INSERT INTO design_request (
    site_id, class_id, failure_mode, manufacturer, model, context, state, opened_at, evidence, decided_at, decided_by, reason
)
SELECT
    s.site_id, c.class_id, 'VIB', 'Maker', 'M0', 'Area 00', 'accepted', %(until)s::timestamptz - interval '210 days',
    '{"rate": {"failures": 9, "years": 4.0, "a_year": 2.25}}', %(until)s::timestamptz - interval '200 days', 'Kim',
    'seals run hot'
FROM site AS s
CROSS JOIN asset_class AS c;

-- name: delivery
-- What became of what each device sent in a day, by minute.
INSERT INTO delivery_minute (device, minute, received, stored, duplicate, late, quarantined, conflicting)
SELECT s.tag || '/' || a.tag, minute, 60, 58, 1, 0, 1, 0
FROM asset AS a
JOIN site AS s USING (site_id)
CROSS JOIN generate_series(%(since)s::timestamptz, %(until)s::timestamptz - interval '1 minute', interval '1 minute') AS minute;

-- name: delivery_of_all
-- The same of all together.
INSERT INTO delivery_of_all
SELECT minute, sum(received), sum(stored), sum(duplicate), sum(late), sum(quarantined), sum(conflicting), sum(limited)
FROM delivery_minute
GROUP BY minute;

-- name: delivery_hours
-- The same by hour.
INSERT INTO delivery_hour
SELECT
    date_trunc('hour', minute, 'UTC'), device, sum(received), sum(stored), sum(duplicate), sum(late), sum(quarantined),
    sum(conflicting), sum(limited)
FROM delivery_minute
GROUP BY 1, 2;

-- name: batches
-- What was stored in the last minute is not folded yet: a batch every fifth of a second, of all devices in turn.
INSERT INTO delivery_batch (slot, batch, at, devices, received, stored)
SELECT
    1, n, %(until)s::timestamptz - make_interval(secs => n / 5.0), d.devices,
    array_fill(10, ARRAY[cardinality(d.devices)]), array_fill(10, ARRAY[cardinality(d.devices)])
FROM generate_series(1, 300) AS n
CROSS JOIN (
    SELECT array_agg(s.tag || '/' || a.tag) AS devices
    FROM (SELECT tag, site_id FROM asset ORDER BY asset_id LIMIT 200) AS a
    JOIN site AS s USING (site_id)
) AS d;

-- name: slots
-- Four sessions at the broker.
INSERT INTO ingest_slot (slot, holder, lease_until, lag_s, last_commit, is_listening)
SELECT n, 'bench', %(until)s::timestamptz + interval '1 day', 0.2, %(until)s, true
FROM generate_series(1, 4) AS n;

-- name: quarantine
-- Ten thousand messages that were refused.
INSERT INTO quarantine (topic, sha256, reason, site_tag, asset_tag, payload, length, first_seen, last_seen, count, readings)
SELECT
    'assetloop/v1/bench/X-' || n || '/telemetry', sha256(n::text::bytea),
    (ARRAY['unknown_asset', 'too_old', 'not_json', 'in_the_future'])[1 + mod(n, 4)], 'bench', 'X-' || mod(n, 400), '\x7b7d', 2,
    %(until)s::timestamptz - interval '1 day', %(until)s, 3, 30
FROM generate_series(1, 10000) AS n;

-- name: clocks
-- One device in a hundred has a wrong clock.
INSERT INTO device_clock (asset_id, off_s, says, since, last_at, times)
SELECT asset_id, 95, 'ahead', %(until)s, %(until)s, 4
FROM asset
WHERE mod(asset_id, 100) = 0;

-- name: project
-- The project that panels are asked about.
SELECT min(tag) AS tag
FROM project;

-- name: settle
-- What autovacuum does by and by.
VACUUM (ANALYZE);

-- name: count
-- How many readings there are.
SELECT count(*) AS readings
FROM reading;

-- name: now
-- The server's clock.
SELECT now() AS now;
