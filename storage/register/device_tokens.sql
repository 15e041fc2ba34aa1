-- name: issue
-- Keep a new token; no row where the register has no such site.
INSERT INTO device_token (token_id, site_id, asset_tag, name, sha256, issued_at, issued_by)
SELECT %(token_id)s, site_id, %(asset)s, %(name)s, %(sha256)s, %(at)s, %(by)s
FROM site
WHERE tag = %(site)s
RETURNING token_id;

-- name: all
-- Every token, without what is kept of its secret, the newest first.
SELECT t.token_id, s.tag AS site, t.asset_tag AS asset, t.name, t.issued_at, t.issued_by, t.revoked_at, t.used_at
FROM device_token AS t
JOIN site AS s USING (site_id)
ORDER BY t.issued_at DESC, t.token_id;

-- name: revoke
-- Let a token open nothing any more; the first to do so stays named.
UPDATE device_token
SET revoked_at = coalesce(revoked_at, %(at)s), revoked_by = coalesce(revoked_by, %(by)s)
WHERE token_id = %(token_id)s
RETURNING token_id;

-- name: valid
-- What a token that is not revoked opens, and what is kept of its secret.
SELECT s.tag AS site, t.asset_tag AS asset, t.sha256
FROM device_token AS t
JOIN site AS s USING (site_id)
WHERE t.token_id = %(token_id)s AND t.revoked_at IS NULL;

-- name: note
-- Remember that a token is in use.
SELECT note_device_token(%(token_id)s, %(at)s);
