-- name: assets
-- Whether every asset, or the one that is named, can be heard, speaks, and measures, and its health.
SELECT
    l.site, l.asset, h.word AS health, l.session, l.device, l.sensors, l.heard_at, l.newest_at, l.silent_after_s, l.stale,
    l.bad, l.mute
FROM watch.liveness AS l
CROSS JOIN LATERAL (SELECT word FROM watch.health WHERE asset_id = l.asset_id OFFSET 0) AS h
WHERE (%(site)s::text IS NULL OR l.site = %(site)s)
    AND (%(asset)s::text IS NULL OR l.asset = %(asset)s)
ORDER BY l.site, l.asset;
