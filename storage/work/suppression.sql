-- name: begin
-- Begin to suppress what is found at an asset; no row where it is suppressed for this already.
INSERT INTO suppression (asset_id, reason, order_id, began, begun_by, state_before, note)
SELECT %(asset_id)s, %(reason)s, %(order_id)s, %(at)s, %(by)s, state, %(note)s
FROM asset
WHERE asset_id = %(asset_id)s
ON CONFLICT (asset_id, reason, coalesce(order_id, 0)) WHERE ended IS NULL DO NOTHING;

-- name: end
-- End it; never before its begin.
UPDATE suppression
SET
    ended = greatest(began, %(at)s),
    ended_by = %(by)s
WHERE asset_id = %(asset_id)s
    AND reason = %(reason)s
    AND order_id IS NOT DISTINCT FROM %(order_id)s
    AND ended IS NULL;

-- name: standing
-- For what an asset is suppressed now.
SELECT DISTINCT reason
FROM suppression
WHERE asset_id = %(asset_id)s
    AND ended IS NULL;

-- name: intervals
-- When an asset was suppressed between two instants, oldest first; one that stands ends with the span.
SELECT greatest(began, %(since)s) AS began, least(coalesce(ended, %(until)s), %(until)s) AS ended
FROM suppression
WHERE asset_id = %(asset_id)s
    AND began < %(until)s
    AND (ended IS NULL OR ended > %(since)s)
ORDER BY began;

-- name: state_before
-- In which state an asset was before it was taken out of service.
SELECT state_before
FROM suppression
WHERE asset_id = %(asset_id)s
    AND reason = 'out_of_service'
    AND ended IS NULL;

-- name: put_state
-- Say whether an asset is in service.
UPDATE asset
SET state = %(state)s
WHERE asset_id = %(asset_id)s;

-- name: state
-- Whether an asset is in service.
SELECT state
FROM asset
WHERE asset_id = %(asset_id)s;
