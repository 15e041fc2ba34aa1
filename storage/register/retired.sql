-- name: retire_asset
-- Take an asset out of view.
UPDATE asset
SET retired_at = %(at)s, retired_by = %(by)s
WHERE asset_id = %(asset_id)s AND retired_at IS NULL;

-- name: restore_asset
-- Bring an asset back into view.
UPDATE asset
SET retired_at = NULL, retired_by = NULL
WHERE asset_id = %(asset_id)s AND retired_at IS NOT NULL;

-- name: open_orders
-- How many work orders stand open at an asset.
SELECT count(*) AS orders
FROM work_order
WHERE asset_id = %(asset_id)s AND state NOT IN ('CLOSE', 'CAN');

-- name: retire_signals
-- Take signals of an asset out of view; give those that were not yet.
UPDATE signal
SET retired_at = %(at)s, retired_by = %(by)s
WHERE asset_id = %(asset_id)s AND key = ANY (%(keys)s) AND retired_at IS NULL
RETURNING key;

-- name: restore_signals
-- Bring signals of an asset back into view; give those that were out of it.
UPDATE signal
SET retired_at = NULL, retired_by = NULL
WHERE asset_id = %(asset_id)s AND key = ANY (%(keys)s) AND retired_at IS NOT NULL
RETURNING key;

-- name: unused_signals
-- The signals in view of an asset that registered themselves and of which nothing is stored.
SELECT s.key
FROM signal AS s
WHERE s.asset_id = %(asset_id)s
    AND s.self_registered
    AND s.retired_at IS NULL
    AND NOT EXISTS (SELECT FROM reading AS r WHERE r.signal_id = s.signal_id)
ORDER BY s.position, s.key;

-- name: keys
-- The signals of an asset, in view or not.
SELECT key
FROM signal
WHERE asset_id = %(asset_id)s;

-- name: all
-- What is out of view: assets (no key), and signals of assets that are in view.
SELECT s.tag AS site, a.tag AS asset, NULL AS key, a.retired_at AS at, a.retired_by AS by
FROM asset AS a
JOIN site AS s USING (site_id)
WHERE a.retired_at IS NOT NULL
UNION ALL
SELECT s.tag, a.tag, g.key, g.retired_at, g.retired_by
FROM signal AS g
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
WHERE g.retired_at IS NOT NULL AND a.retired_at IS NULL
ORDER BY 1, 2, 3 NULLS FIRST;
