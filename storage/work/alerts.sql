-- name: add
-- Raise an alert.
INSERT INTO alert (
    alert_id, asset_id, kind, severity, active, acknowledged, shelved_until, suppressed, out_of_service,
    onset, raised_at, cleared_at, acknowledged_at, acknowledged_by, comment, count, shelved_by, shelved_why, told_at, told,
    milder, milder_since, evidence, revision
)
VALUES (
    %(alert_id)s, %(asset_id)s, %(kind)s, %(severity)s, %(active)s, %(acknowledged)s, %(shelved_until)s,
    %(suppressed)s, %(out_of_service)s, %(onset)s, %(raised_at)s, %(cleared_at)s, %(acknowledged_at)s,
    %(acknowledged_by)s, %(comment)s, %(count)s, %(shelved_by)s, %(shelved_why)s, %(told_at)s, %(told)s, %(milder)s,
    %(milder_since)s, %(evidence)s, %(revision)s
);

-- name: keep
-- Write what may change of an alert.
UPDATE alert
SET
    severity = %(severity)s, active = %(active)s, acknowledged = %(acknowledged)s, shelved_until = %(shelved_until)s,
    suppressed = %(suppressed)s, out_of_service = %(out_of_service)s, cleared_at = %(cleared_at)s,
    acknowledged_at = %(acknowledged_at)s, acknowledged_by = %(acknowledged_by)s, comment = %(comment)s,
    count = %(count)s, shelved_by = %(shelved_by)s, shelved_why = %(shelved_why)s, told_at = %(told_at)s,
    told = %(told)s, milder = %(milder)s, milder_since = %(milder_since)s, evidence = %(evidence)s,
    revision = %(revision)s,
    acknowledged_recognised = CASE
        WHEN %(acknowledged_at)s::timestamptz IS NULL THEN NULL
        WHEN acknowledged_at = %(acknowledged_at)s THEN acknowledged_recognised
        ELSE coalesce(nullif(current_setting('assetloop.recognised', true), ''), 'process')
    END
WHERE alert_id = %(alert_id)s;

-- name: get
-- One alert.
SELECT *
FROM alert_at_asset
WHERE alert_id = %(alert_id)s;

-- name: open
-- The one open alert of an asset and a kind.
SELECT *
FROM alert_at_asset
WHERE asset_id = %(asset_id)s AND kind = %(kind)s AND (active OR NOT acknowledged);

-- name: list
-- Alerts, the newest first.
SELECT *
FROM alert_at_asset
WHERE NOT %(open_only)s OR active OR NOT acknowledged
ORDER BY raised_at DESC, alert_id
LIMIT %(most)s;

-- name: add_finding
-- Let a finding belong to an alert.
INSERT INTO alert_finding (finding_id, alert_id)
VALUES (%(finding_id)s, %(alert_id)s);

-- name: other_episodes
-- How bad the other findings of an alert are that have not cleared.
SELECT coalesce(f.severity_now, f.severity) AS grade
FROM alert_finding AS af
JOIN finding AS f USING (finding_id)
WHERE af.alert_id = %(alert_id)s AND af.finding_id <> %(finding_id)s AND f.cleared IS NULL;

-- name: open_of_asset
-- An asset's open alerts.
SELECT *
FROM alert_at_asset
WHERE asset_id = %(asset_id)s AND (active OR NOT acknowledged)
ORDER BY raised_at, alert_id;

-- name: hidden_or_open_of_asset
-- An asset's alerts that are open, or over and still marked as hidden.
SELECT *
FROM alert_at_asset
WHERE asset_id = %(asset_id)s AND (active OR NOT acknowledged OR suppressed OR out_of_service)
ORDER BY raised_at, alert_id;

-- name: open_findings
-- The findings of a failure mode at an asset that have not cleared and belong to an alert, the oldest first.
SELECT f.finding_id, a.alert_id
FROM finding AS f
JOIN alert_finding AS a USING (finding_id)
WHERE f.asset_id = %(asset_id)s AND f.failure_mode = %(failure_mode)s AND f.cleared IS NULL
ORDER BY f.onset, f.finding_id;

-- name: signals
-- Some signals of an asset: what they are called, their limits, and their newest value.
SELECT s.key AS signal, s.name, s.name_zh, s.unit, s.low, s.high, l.value, l.time
FROM signal AS s
LEFT JOIN latest AS l USING (signal_id)
WHERE s.asset_id = %(asset_id)s AND s.key = ANY (%(keys)s::text[]);

-- name: add_event
-- Write down what became of an alert, with the document that goes out.
INSERT INTO alert_event (alert_id, revision, at, actor, event, note, document, tells)
VALUES (%(alert_id)s, %(revision)s, %(at)s, %(actor)s, %(event)s, %(note)s, %(document)s, %(tells)s);

-- name: events
-- All that became of an alert, oldest first.
SELECT alert_id, revision, at, actor, event, note, document, tells, published_at
FROM alert_event
WHERE alert_id = %(alert_id)s
ORDER BY revision;

-- name: unpublished
-- What has not gone out yet, oldest first.
SELECT alert_id, revision, at, actor, event, note, document, tells, published_at
FROM alert_event
WHERE published_at IS NULL
ORDER BY at, alert_id, revision
LIMIT %(most)s;

-- name: mark_published
-- Remember when events went out; the first time counts.
UPDATE alert_event AS e
SET published_at = %(at)s
FROM unnest(%(alert_ids)s::uuid[], %(revisions)s::integer[]) AS gone (alert_id, revision)
WHERE e.alert_id = gone.alert_id AND e.revision = gone.revision AND e.published_at IS NULL;
