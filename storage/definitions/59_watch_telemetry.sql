-- How telemetry comes in, for those who look on.

-- What became of what all devices sent, by minute.
CREATE VIEW watch.delivery AS
SELECT
    minute AS time, device, received, stored, duplicate, late, quarantined, conflicting, limited
FROM (
    SELECT device, minute, received, stored, duplicate, late, quarantined, conflicting, limited FROM delivery_unfolded
    UNION ALL
    SELECT device, minute, received, stored, duplicate, late, quarantined, conflicting, limited FROM delivery_minute
) AS either;

-- What became of what all devices together sent, by minute.
CREATE VIEW watch.delivery_of_all AS
SELECT minute AS time, received, stored, duplicate, late, quarantined, conflicting, limited
FROM delivery_of_all
UNION ALL
SELECT
    minute, sum(received)::bigint, sum(stored)::bigint, sum(duplicate)::bigint, sum(late)::bigint,
    sum(quarantined)::bigint, sum(conflicting)::bigint, sum(limited)::bigint
FROM delivery_unfolded
GROUP BY minute;

-- What became of what each device sent, by hour.
CREATE VIEW watch.delivery_1h AS
SELECT hour AS time, device, received, stored, duplicate, late, quarantined, conflicting, limited
FROM delivery_hour
UNION ALL
SELECT
    date_trunc('hour', minute, 'UTC'), device, sum(received)::bigint, sum(stored)::bigint, sum(duplicate)::bigint,
    sum(late)::bigint, sum(quarantined)::bigint, sum(conflicting)::bigint, sum(limited)::bigint
FROM delivery_unfolded
GROUP BY 1, 2;

-- The sessions at the broker: who holds each, and how far it lags.
CREATE VIEW watch.slot AS
SELECT
    slot,
    CASE
        WHEN holder IS NULL OR lease_until < now() THEN 'away'
        WHEN is_draining THEN 'draining'
        WHEN is_listening THEN 'listening'
        ELSE 'connecting'
    END AS state,
    lag_s,
    last_commit,
    extract(epoch FROM now() - last_commit)::double precision AS since_commit_s
FROM ingest_slot;

-- What is held in quarantine, by reason.
CREATE VIEW watch.quarantine AS
SELECT
    reason, sum(count)::bigint AS messages, sum(readings)::bigint AS readings, count(*)::integer AS entries,
    min(first_seen) AS first_seen, max(last_seen) AS last_seen
FROM quarantine
GROUP BY reason;

-- Who is unknown and waits for approval.
CREATE VIEW watch.stranger AS
SELECT site_tag AS site, asset_tag AS asset, sum(readings)::bigint AS readings, max(last_seen) AS last_seen
FROM quarantine
WHERE reason = 'unknown_asset'
GROUP BY site_tag, asset_tag;

-- Devices whose clock is wrong.
CREATE VIEW watch.wrong_clock AS
SELECT a.asset_id, a.site, a.area, a.label, c.off_s, c.says, c.since, c.last_at
FROM device_clock AS c
JOIN watch.asset AS a USING (asset_id);

-- What waits or was lost: telemetry without a promise that found no room.
CREATE VIEW watch.ingest_loss AS
SELECT at AS time, messages, size_bytes
FROM ingest_loss;
