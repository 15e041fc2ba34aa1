-- name: begin
-- Put an asset's alerts of a kind aside.
INSERT INTO shelving (asset_id, kind, began, until, begun_by, reason)
VALUES (%(asset_id)s, %(kind)s, %(at)s, %(until)s, %(by)s, %(reason)s);

-- name: end
-- End it: where its time was over before, then.
UPDATE shelving
SET
    ended = greatest(began, least(until, %(at)s)),
    ended_by = CASE WHEN until > %(at)s THEN %(by)s END
WHERE asset_id = %(asset_id)s
    AND kind = %(kind)s
    AND ended IS NULL;
