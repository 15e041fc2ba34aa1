-- name: add
-- Raise an alert.
INSERT INTO alert (
    alert_id, asset_id, kind, severity, active, acknowledged, shelved_until, suppressed, out_of_service,
    onset, raised_at, cleared_at, acknowledged_at, acknowledged_by, count
)
VALUES (
    %(alert_id)s, %(asset_id)s, %(kind)s, %(severity)s, %(active)s, %(acknowledged)s, %(shelved_until)s,
    %(suppressed)s, %(out_of_service)s, %(onset)s, %(raised_at)s, %(cleared_at)s, %(acknowledged_at)s,
    %(acknowledged_by)s, %(count)s
);

-- name: keep
-- Write what may change of an alert.
UPDATE alert
SET
    severity = %(severity)s, active = %(active)s, acknowledged = %(acknowledged)s, shelved_until = %(shelved_until)s,
    suppressed = %(suppressed)s, out_of_service = %(out_of_service)s, cleared_at = %(cleared_at)s,
    acknowledged_at = %(acknowledged_at)s, acknowledged_by = %(acknowledged_by)s, count = %(count)s
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

-- name: alert_of
-- The alert a finding belongs to.
SELECT alert_id
FROM alert_finding
WHERE finding_id = %(finding_id)s;

-- name: other_episodes
-- How many other findings of an alert have not cleared.
SELECT count(*) AS others
FROM alert_finding AS af
JOIN finding AS f USING (finding_id)
WHERE af.alert_id = %(alert_id)s AND af.finding_id <> %(finding_id)s AND f.cleared IS NULL;

-- name: open_of_asset
-- An asset's open alerts.
SELECT *
FROM alert_at_asset
WHERE asset_id = %(asset_id)s AND (active OR NOT acknowledged)
ORDER BY raised_at, alert_id;

-- name: open_findings
-- The findings of a failure mode at an asset that have not cleared and belong to an alert, the oldest first.
SELECT f.finding_id, a.alert_id
FROM finding AS f
JOIN alert_finding AS a USING (finding_id)
WHERE f.asset_id = %(asset_id)s AND f.failure_mode = %(failure_mode)s AND f.cleared IS NULL
ORDER BY f.onset, f.finding_id;
