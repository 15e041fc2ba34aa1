-- Whether an asset can be heard, whether its device speaks, whether its sensors do: three states, never one for another.

-- The way on which an asset's telemetry comes: up, down, or unknown where no ingest has ever been.
-- What a node or a gateway says of a device's own session (BIRTH, DEATH, connect, disconnect) stands before the common
-- word: a device whose death was reported is down, silent and stale until it is born again.
CREATE VIEW watch.session AS
SELECT
    a.asset_id,
    CASE
        WHEN own.is_online IS FALSE THEN 'down'
        WHEN ingest.listening > 0 THEN 'up'
        WHEN ingest.slots > 0 THEN 'down'
        ELSE 'unknown'
    END AS session,
    own.is_online IS FALSE AS is_dead
FROM asset AS a
LEFT JOIN device_session AS own USING (asset_id)
CROSS JOIN (
    SELECT
        count(*) AS slots,
        count(*) FILTER (WHERE is_listening AND holder IS NOT NULL AND lease_until >= now()) AS listening
    FROM ingest_slot
) AS ingest;

-- One row an asset. `device` is alive while something new is stored of it: `heard_at` is the clock, not what the device
-- says; silent after its class's time, unknown where it could not have been heard, never before its first word.
-- `sensors` is fresh while every measurement that ever came is new by its own time and of good quality, else stale
-- (some are old) or bad (none is old, some are of bad quality); `stale`, `bad` and `mute` (never heard) name them. What is
-- reported only when it changes is new for as long as it holds.
CREATE VIEW watch.liveness AS
SELECT
    a.asset_id,
    a.site,
    a.asset,
    a.label,
    s.session,
    CASE
        WHEN heard.at IS NULL THEN 'never'
        WHEN s.is_dead THEN 'silent'
        WHEN NOT is_silent(heard.at, greatest(c.silent_after_s, heard.holds_s), s.is_dead, now()) THEN 'alive'
        WHEN s.session = 'up' THEN 'silent'
        ELSE 'unknown'
    END AS device,
    CASE
        WHEN heard.at IS NULL THEN 'never'
        WHEN s.is_dead OR heard.stale IS NOT NULL THEN 'stale'
        WHEN heard.bad IS NOT NULL THEN 'bad'
        ELSE 'fresh'
    END AS sensors,
    heard.at AS heard_at,
    heard.newest AS newest_at,
    greatest(c.silent_after_s, heard.holds_s) AS silent_after_s,
    coalesce(heard.stale, '{}') AS stale,
    coalesce(heard.bad, '{}') AS bad,
    coalesce(heard.mute, '{}') AS mute
FROM watch.asset AS a
JOIN watch.session AS s USING (asset_id)
JOIN asset AS held USING (asset_id)
JOIN asset_class AS c ON c.class_id = held.class_id
CROSS JOIN LATERAL (
    SELECT
        max(l.stored_at) AS at,
        max(l.time) AS newest,
        array_agg(g.key ORDER BY g.position, g.key) FILTER (WHERE g.role = 'measurement' AND l.time < now() - own.silence)
            AS stale,
        array_agg(g.key ORDER BY g.position, g.key)
            FILTER (WHERE g.role = 'measurement' AND l.time >= now() - own.silence AND l.flags & 2 <> 0) AS bad,
        array_agg(g.key ORDER BY g.position, g.key) FILTER (WHERE g.role = 'measurement' AND l.time IS NULL) AS mute,
        CASE WHEN bool_and(g.holds_s IS NOT NULL) FILTER (WHERE l.time IS NOT NULL) THEN max(g.holds_s) END AS holds_s
    FROM signal AS g
    CROSS JOIN LATERAL (SELECT make_interval(secs => greatest(c.silent_after_s, g.holds_s)) AS silence) AS own
    LEFT JOIN latest AS l USING (signal_id)
    WHERE g.asset_id = a.asset_id AND g.retired_at IS NULL
) AS heard;
