-- name: retire_asset
-- Take an asset out of view.
UPDATE asset
SET retired_at = %(at)s, retired_by = %(by)s
WHERE asset_id = %(asset_id)s AND retired_at IS NULL;

-- name: restore_asset
-- Bring an asset back into view.
UPDATE asset
SET retired_at = NULL, retired_by = NULL
WHERE asset_id = %(asset_id)s AND retired_at IS NOT NULL AND merged_into IS NULL;

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
WHERE asset_id = %(asset_id)s AND key = ANY (%(keys)s) AND retired_at IS NOT NULL AND merged_into IS NULL
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

-- name: lock
-- Let nobody else change two assets meanwhile, and say whether they are in view.
SELECT asset_id, retired_at IS NULL AS in_view
FROM asset
WHERE asset_id = ANY (%(asset_ids)s)
ORDER BY asset_id
FOR UPDATE;

-- name: give_signals
-- Give an asset those signals of another one that it has not, as they are there.
INSERT INTO signal (
    asset_id, key, name, name_zh, unit, role, low, high, most_rate_per_min, holds_s, key_value, position,
    self_registered
)
SELECT
    %(into)s, key, name, name_zh, unit, role, low, high, most_rate_per_min, holds_s, key_value, position,
    self_registered
FROM signal
WHERE asset_id = %(asset_id)s AND merged_into IS NULL
ORDER BY position, key
ON CONFLICT ON CONSTRAINT signal_key_is_unique_in_its_asset DO NOTHING;

-- name: merge_signals
-- Merge signals of an asset into those of another, or the same, by their keys; what was merged into them follows.
WITH merged AS (
    UPDATE signal AS f
    SET
        merged_into = coalesce(t.merged_into, t.signal_id), merged_at = %(at)s, copied_at = NULL,
        retired_at = %(at)s, retired_by = %(by)s
    FROM unnest(%(keys)s::text[], %(into_keys)s::text[]) AS pair (key, into_key)
    JOIN signal AS t ON t.asset_id = %(into)s AND t.key = pair.into_key
    WHERE f.asset_id = %(asset_id)s
        AND f.key = pair.key
        AND f.merged_into IS NULL
        AND f.signal_id <> coalesce(t.merged_into, t.signal_id)
    RETURNING f.signal_id, f.key, f.merged_into
),
followed AS (
    UPDATE signal AS s
    SET merged_into = merged.merged_into
    FROM merged
    WHERE s.merged_into = merged.signal_id
)
SELECT key
FROM merged
ORDER BY key;

-- name: merge_asset
-- Let an asset, and what was merged into it, mean another one, and take it out of view.
UPDATE asset
SET
    merged_into = %(into)s,
    retired_at = coalesce(retired_at, %(at)s),
    retired_by = coalesce(retired_by, %(by)s)
WHERE asset_id = %(asset_id)s OR merged_into = %(asset_id)s;
