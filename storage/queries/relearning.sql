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

-- name: all_standing
-- Every interval that stands open, the oldest first.
SELECT relearning_id, installation_id, asset_id, reason, order_id, began, ended, ended_how, opened_by, ended_by
FROM relearning
WHERE ended IS NULL
ORDER BY began, relearning_id;

-- name: normal_since
-- Since when an installation has its present normal; null where it was never changed, or a person said it was not.
SELECT max(began) AS since
FROM relearning
WHERE installation_id = %(installation_id)s
    AND ended_how IS DISTINCT FROM 'dismissed';
