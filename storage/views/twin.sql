-- name: assets
-- Every asset as the twin draws it, in a stable order.
SELECT
    a.asset_id, a.site, a.site_name, a.site_name_zh, a.area, a.asset AS tag, a.name, a.name_zh, a.class, a.x, a.y
FROM watch.asset AS a
ORDER BY a.site, a.area, a.asset;

-- name: key_signals
-- The signals whose newest values are shown, each asset's in its own order.
SELECT s.asset_id, s.signal_id, s.name, s.name_zh, s.unit, s.low, s.high
FROM watch.signal AS s
JOIN watch.asset AS a USING (asset_id)
WHERE s.key_value
ORDER BY s.asset_id, s.position, s.key;

-- name: feeds
-- Which asset feeds which.
SELECT from_asset_id, to_asset_id
FROM watch.feed
ORDER BY from_asset_id, to_asset_id;

-- name: grade
-- The grade of the database, as the last migrate found it.
SELECT grade
FROM deployment;

-- name: timezone
-- The zone of most assets.
SELECT timezone
FROM watch.asset
GROUP BY timezone
ORDER BY count(*) DESC, timezone
LIMIT 1;
