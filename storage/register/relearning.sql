-- name: supersede
-- End an interval that stands, since the machine was changed again.
UPDATE relearning
SET
    ended = greatest(began, %(at)s),
    ended_how = 'superseded',
    ended_by = %(by)s
WHERE asset_id = %(asset_id)s
    AND ended IS NULL;

-- name: open
-- Begin to learn what is installed at an asset again.
INSERT INTO relearning (installation_id, asset_id, reason, order_id, began, opened_by)
SELECT installation_id, asset_id, %(reason)s, %(order_id)s, %(at)s, %(by)s
FROM installation
WHERE asset_id = %(asset_id)s
    AND installed_to IS NULL
RETURNING relearning_id;

-- name: end
-- End an interval, by a promotion or because a person dismissed it.
UPDATE relearning
SET
    ended = greatest(began, %(at)s),
    ended_how = %(how)s,
    ended_by = %(by)s
WHERE asset_id = %(asset_id)s
    AND ended IS NULL;

-- name: standing
-- The interval that stands open at an asset.
SELECT relearning_id, installation_id, asset_id, reason, order_id, began, ended, ended_how, opened_by, ended_by
FROM relearning
WHERE asset_id = %(asset_id)s
    AND ended IS NULL;

-- name: to_look_at
-- Take intervals that stand open and were not looked at for a while, those left longest first.
WITH waiting AS (
    SELECT relearning_id
    FROM relearning
    WHERE ended IS NULL
        AND (looked_at IS NULL OR looked_at <= %(now)s::timestamptz - %(every)s::interval)
    ORDER BY looked_at NULLS FIRST, relearning_id
    LIMIT %(most)s
    FOR UPDATE SKIP LOCKED
)
UPDATE relearning AS r
SET looked_at = %(now)s
FROM waiting
WHERE r.relearning_id = waiting.relearning_id
RETURNING
    r.relearning_id, r.installation_id, r.asset_id, r.reason, r.order_id, r.began, r.ended, r.ended_how, r.opened_by,
    r.ended_by;

-- name: normal_since
-- Since when an installation has its present normal; null where it was never changed, or a person said it was not.
SELECT max(began) AS since
FROM relearning
WHERE installation_id = %(installation_id)s
    AND ended_how IS DISTINCT FROM 'dismissed';
