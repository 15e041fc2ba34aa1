-- name: assets
-- Every asset as the twin draws it, in a stable order.
SELECT a.asset_id, s.tag AS site, s.name AS site_name, a.tag, a.name, a.x, a.y
FROM asset AS a
JOIN site AS s USING (site_id)
ORDER BY s.tag, a.tag;

-- name: key_signals
-- The signals whose newest values are shown, each asset's in its own order.
SELECT s.asset_id, s.signal_id, coalesce(nullif(s.name, ''), s.key) AS name, s.unit
FROM signal AS s
WHERE s.key_value
ORDER BY s.asset_id, s.position, s.key;

-- name: feeds
-- Which asset feeds which.
SELECT from_asset_id, to_asset_id
FROM feed
ORDER BY from_asset_id, to_asset_id;

-- name: grade
-- The grade of the database, as the last migrate found it.
SELECT grade
FROM deployment;
