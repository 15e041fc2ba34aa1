-- name: signals
-- The signals of the assets that are named, or of all, by site, asset and place in the register.
SELECT s.tag AS site, a.tag AS asset, g.signal_id, g.key, g.unit
FROM signal AS g
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
WHERE %(assets)s::text[] IS NULL OR s.tag || '/' || a.tag = ANY (%(assets)s::text[])
ORDER BY s.tag, a.tag, g.position, g.signal_id;

-- name: known_assets
-- Every asset by its tags.
SELECT s.tag || '/' || a.tag AS asset
FROM asset AS a
JOIN site AS s USING (site_id);

-- name: read_whole
-- What signals hold between two instants, a row a signal.
SELECT signal_id, times, measured, flags
FROM read_whole(%(signal_ids)s::integer[], %(time_from)s, %(time_to)s);

-- name: span
-- From when to when some signals have readings; nulls where they have none.
SELECT min(ends.first) AS first, max(ends.last) AS last
FROM unnest(%(signal_ids)s::integer[]) AS wanted (signal_id)
CROSS JOIN LATERAL (
    SELECT
        (SELECT r.time FROM reading AS r WHERE r.signal_id = wanted.signal_id ORDER BY r.time LIMIT 1) AS first,
        (SELECT r.time FROM reading AS r WHERE r.signal_id = wanted.signal_id ORDER BY r.time DESC LIMIT 1) AS last
) AS ends;
