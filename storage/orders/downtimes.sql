-- name: add
-- Write down that a machine stood.
INSERT INTO downtime (asset_id, order_id, down_from, down_to, reason, is_planned, noted_at, noted_by)
VALUES (
    %(asset_id)s, %(order_id)s, %(down_from)s, %(down_to)s, %(reason)s, %(is_planned)s, %(noted_at)s, %(noted_by)s
);

-- name: end
-- Say until when a machine stood that still does.
UPDATE downtime
SET down_to = %(at)s, down_to_noted_at = %(noted_at)s, down_to_noted_by = %(by)s
WHERE asset_id = %(asset_id)s AND down_to IS NULL AND down_from < %(at)s
RETURNING downtime_id;

-- name: overlapping
-- When an asset stood that shares time with a stretch.
SELECT downtime_id
FROM downtime
WHERE asset_id = %(asset_id)s
    AND down_from < coalesce(%(down_to)s::timestamptz, 'infinity')
    AND coalesce(down_to, 'infinity') > %(down_from)s
LIMIT 1;

-- name: list
-- When assets stood: of an order, or of an asset, the newest first.
SELECT
    downtime_id, asset_id, order_id, down_from, down_to, reason, is_planned, noted_at, noted_by, down_to_noted_at,
    down_to_noted_by
FROM downtime
WHERE (%(order_id)s::integer IS NULL OR order_id = %(order_id)s)
    AND (%(asset_id)s::integer IS NULL OR asset_id = %(asset_id)s)
ORDER BY down_from DESC
LIMIT %(most)s;
