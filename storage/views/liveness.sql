-- name: assets
-- Whether every asset, or the one that is named, can be heard, speaks, and measures.
SELECT site, asset, session, device, sensors, heard_at, newest_at, silent_after_s, stale, bad, mute
FROM watch.liveness
WHERE (%(site)s::text IS NULL OR site = %(site)s)
    AND (%(asset)s::text IS NULL OR asset = %(asset)s)
ORDER BY site, asset;
