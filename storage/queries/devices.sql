-- name: find
-- What ingest has to know of assets: their class's grace, and how new their newest value is.
SELECT
    s.tag AS site, a.tag AS asset, a.asset_id, c.grace_s,
    coalesce(extract(epoch FROM max(l.time)) * 1000000, 0)::bigint AS newest_us
FROM unnest(%(sites)s::text[], %(assets)s::text[]) AS wanted (site, asset)
JOIN site AS s ON s.tag = wanted.site
JOIN asset AS a ON a.site_id = s.site_id AND a.tag = wanted.asset
JOIN asset_class AS c USING (class_id)
LEFT JOIN signal AS g USING (asset_id)
LEFT JOIN latest AS l USING (signal_id)
GROUP BY s.tag, a.tag, a.asset_id, c.grace_s;

-- name: signals
-- The signals of assets.
SELECT asset_id, key, signal_id
FROM signal
WHERE asset_id = ANY (%(asset_ids)s);

-- name: register_signals
-- Register signals by their keys, in order; no number where the asset may have no more.
SELECT u.key, register_signal(%(asset_id)s, u.key, %(most)s) AS signal_id
FROM unnest(%(keys)s::text[]) WITH ORDINALITY AS u (key, n)
ORDER BY u.n;

-- name: register_asset
-- Register an asset that nobody described; false where no more may register themselves.
SELECT register_asset(%(site)s, %(asset)s, %(asset_class)s, %(most)s) AS registered;
