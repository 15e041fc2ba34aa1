-- name: find
-- What ingest has to know of assets: their class's grace, and how new their newest value is.
-- Whoever names no site means the one asset of that tag, or names it as site/asset. An asset that was merged into
-- another one means that.
WITH wanted AS (
    SELECT site, asset
    FROM unnest(%(sites)s::text[], %(assets)s::text[]) AS w (site, asset)
),
named AS (
    SELECT w.site AS wanted_site, w.asset AS wanted_asset, coalesce(a.merged_into, a.asset_id) AS asset_id
    FROM wanted AS w
    JOIN site AS s ON s.tag = w.site
    JOIN asset AS a ON a.site_id = s.site_id AND a.tag = w.asset
    UNION
    SELECT w.site, w.asset, coalesce(a.merged_into, a.asset_id)
    FROM wanted AS w
    JOIN asset AS a ON a.tag = w.asset
    JOIN site AS s USING (site_id)
    WHERE w.site = ''
    UNION
    SELECT w.site, w.asset, coalesce(a.merged_into, a.asset_id)
    FROM wanted AS w
    JOIN site AS s ON s.tag = split_part(w.asset, '/', 1)
    JOIN asset AS a ON a.site_id = s.site_id AND a.tag = substr(w.asset, strpos(w.asset, '/') + 1)
    WHERE w.site = '' AND w.asset LIKE '_%%/_%%'
)
SELECT
    n.wanted_site, n.wanted_asset, s.tag AS site, a.tag AS asset, n.asset_id, c.grace_s,
    coalesce(extract(epoch FROM max(l.time)) * 1000000, 0)::bigint AS newest_us
FROM named AS n
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
JOIN asset_class AS c USING (class_id)
LEFT JOIN signal AS g USING (asset_id)
LEFT JOIN latest AS l USING (signal_id)
GROUP BY n.wanted_site, n.wanted_asset, s.tag, a.tag, n.asset_id, c.grace_s;

-- name: signals
-- The signals of assets; one that was merged into another one means that.
SELECT asset_id, key, coalesce(merged_into, signal_id) AS signal_id
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

-- name: units
-- The units of signals with these keys.
SELECT DISTINCT key, unit
FROM signal
WHERE key = ANY (%(keys)s) AND unit <> '';
