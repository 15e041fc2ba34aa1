-- name: note
-- Note devices whose clocks are wrong; after an hour without a wrong time it counts from now on.
INSERT INTO device_clock AS held (asset_id, off_s, says, since, last_at, times)
SELECT u.asset_id, u.off_s, u.says, u.since, u.last_at, u.times
FROM unnest(
    %(asset_ids)s::integer[], %(offs_s)s::double precision[], %(says)s::text[], %(sinces)s::timestamptz[],
    %(lasts)s::timestamptz[], %(times)s::bigint[]
) AS u (asset_id, off_s, says, since, last_at, times)
JOIN asset USING (asset_id)
ORDER BY u.asset_id
ON CONFLICT (asset_id) DO UPDATE
SET
    off_s = excluded.off_s,
    says = excluded.says,
    since = CASE WHEN held.last_at < excluded.since - interval '1 hour' THEN excluded.since ELSE held.since END,
    times = CASE WHEN held.last_at < excluded.since - interval '1 hour' THEN 0 ELSE held.times END + excluded.times,
    last_at = greatest(held.last_at, excluded.last_at);

-- name: wrong
-- Devices whose clock was wrong since an instant, by name.
SELECT s.tag || '/' || a.tag AS device, c.off_s, c.says, c.since, c.last_at, c.times
FROM device_clock AS c
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
WHERE c.last_at >= %(since)s
    AND a.retired_at IS NULL
    AND (%(device)s::text IS NULL OR s.tag || '/' || a.tag = %(device)s)
ORDER BY device;
