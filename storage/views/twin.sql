-- name: assets
-- Every asset as the twin draws it, in a stable order.
SELECT a.asset_id, s.tag AS site, s.name AS site_name, a.tag, a.name, a.x, a.y
FROM asset AS a
JOIN site AS s USING (site_id)
WHERE a.retired_at IS NULL
ORDER BY s.tag, a.tag;

-- name: key_signals
-- The signals whose newest values are shown, each asset's in its own order.
SELECT s.asset_id, s.signal_id, coalesce(nullif(s.name, ''), s.key) AS name, s.unit
FROM signal AS s
JOIN asset AS a USING (asset_id)
WHERE s.key_value AND s.retired_at IS NULL AND a.retired_at IS NULL
ORDER BY s.asset_id, s.position, s.key;

-- name: feeds
-- Which asset feeds which.
SELECT f.from_asset_id, f.to_asset_id
FROM feed AS f
JOIN asset AS a ON a.asset_id = f.from_asset_id
JOIN asset AS t ON t.asset_id = f.to_asset_id
WHERE a.retired_at IS NULL AND t.retired_at IS NULL
ORDER BY f.from_asset_id, f.to_asset_id;

-- name: grade
-- The grade of the database, as the last migrate found it.
SELECT grade
FROM deployment;
