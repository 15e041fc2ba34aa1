-- name: find
-- What ingest has to know of an asset.
SELECT a.asset_id, c.grace_s
FROM asset AS a
JOIN site AS s USING (site_id)
JOIN asset_class AS c USING (class_id)
WHERE s.tag = %(site)s
    AND a.tag = %(asset)s;

-- name: signals
-- The signals of an asset.
SELECT key, signal_id
FROM signal
WHERE asset_id = %(asset_id)s;

-- name: register_signals
-- Register signals by their keys, in order; no number where the asset may have no more.
SELECT u.key, register_signal(%(asset_id)s, u.key, %(most)s) AS signal_id
FROM unnest(%(keys)s::text[]) WITH ORDINALITY AS u (key, n)
ORDER BY u.n;
