-- name: rates
-- Values a second that came in, and what became of them.
SELECT
    $__timeGroupAlias(time, $__interval),
    sum(stored) / greatest(60, $__interval_ms / 1000.0) AS "stored",
    sum(duplicate) / greatest(60, $__interval_ms / 1000.0) AS "duplicate",
    sum(late) / greatest(60, $__interval_ms / 1000.0) AS "late",
    sum(quarantined) / greatest(60, $__interval_ms / 1000.0) AS "quarantined",
    sum(conflicting) / greatest(60, $__interval_ms / 1000.0) AS "conflicting",
    sum(limited) / greatest(60, $__interval_ms / 1000.0) AS "limited"
FROM watch.delivery_of_all
WHERE $__timeFilter(time)
GROUP BY 1
ORDER BY 1

-- name: delivered
-- What became of everything that was sent in the time that is looked at.
SELECT sum(received) AS "received", sum(stored) AS "stored", sum(duplicate) AS "duplicate", sum(quarantined) AS "quarantined",
    sum(conflicting) AS "conflicting", sum(limited) AS "limited"
FROM watch.delivery_of_all
WHERE $__timeFilter(time)

-- name: slots
-- Each session at the broker, and how far it lags.
SELECT slot AS "Slot", state AS "State", lag_s AS "Lag", since_commit_s AS "Last commit"
FROM watch.slot
ORDER BY slot
LIMIT 200

-- name: lag
-- The largest lag of a session, and how long ago anything was committed.
SELECT max(lag_s) AS "Lag", min(since_commit_s) AS "Last commit"
FROM watch.slot

-- name: liveness
-- How many assets can be heard, speak, and have fresh sensors.
SELECT
    count(*) FILTER (WHERE l.device = 'alive') AS "Devices alive",
    count(*) FILTER (WHERE l.device IN ('silent', 'unknown')) AS "Devices silent",
    count(*) FILTER (WHERE l.device = 'never') AS "Never heard",
    count(*) FILTER (WHERE l.sensors IN ('stale', 'bad')) AS "Sensors stale"
FROM watch.liveness AS l
JOIN watch.asset AS a USING (asset_id)
WHERE ($site = '*' OR a.site = $site) AND ($area = '*' OR a.area = $area)

-- name: quarantine
-- What is held, by reason.
SELECT reason AS "Reason", messages AS "Messages", readings AS "Readings", last_seen AS "Last seen"
FROM watch.quarantine
ORDER BY messages DESC

-- name: strangers
-- Who is unknown and waits for approval.
SELECT site AS "Site", asset AS "Asset", readings AS "Readings", last_seen AS "Last seen"
FROM watch.stranger
ORDER BY readings DESC
LIMIT 50

-- name: busiest
-- The devices that sent most in the time that is looked at, by whole hours.
SELECT device AS "Device", sum(received) AS "received", sum(quarantined) AS "quarantined", sum(limited) AS "limited"
FROM watch.delivery_1h
WHERE time > $__timeFrom()::timestamptz - interval '1 hour' AND time <= $__timeTo()
GROUP BY 1
ORDER BY 2 DESC
LIMIT 25

-- name: clocks
-- Devices whose clock is wrong.
SELECT asset_id, label AS "Asset", off_s AS "Off", says AS "What", last_at AS "Last seen"
FROM watch.wrong_clock
WHERE ($site = '*' OR site = $site) AND ($area = '*' OR area = $area)
ORDER BY abs(off_s) DESC
LIMIT 50

-- name: lost
-- What was lost: telemetry of QoS 0 that found no room.
SELECT coalesce(sum(messages), 0) AS "Lost"
FROM watch.ingest_loss
WHERE $__timeFilter(time)
