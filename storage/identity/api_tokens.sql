-- name: issue
-- Keep a new token.
INSERT INTO api_token (token_id, person_id, name, role, sha256, scopes, sites, issued_at, issued_by, expires_at)
VALUES (
    %(token_id)s, %(person_id)s::uuid, %(name)s, %(role)s, %(sha256)s, %(scopes)s, %(sites)s, %(at)s, %(by)s,
    %(expires_at)s
);

-- name: all
-- Every token, without what is kept of its secret, the newest first; of one person where one is named.
SELECT
    t.token_id, t.person_id::text, p.sign_in, t.name, t.role, t.scopes, t.sites, t.issued_at, t.issued_by,
    t.expires_at, t.used_at, t.revoked_at
FROM api_token AS t
LEFT JOIN person AS p USING (person_id)
WHERE %(person_id)s::uuid IS NULL OR t.person_id = %(person_id)s::uuid
ORDER BY t.issued_at DESC, t.token_id;

-- name: find
-- A token, what is kept of its secret, and whether its time is over.
SELECT t.person_id::text, t.name, t.role, t.scopes, t.sites, t.sha256, t.expires_at, t.used_at,
    t.revoked_at IS NOT NULL OR p.disabled_at IS NOT NULL AS is_revoked
FROM api_token AS t
LEFT JOIN person AS p USING (person_id)
WHERE t.token_id = %(token_id)s;

-- name: note
-- Remember that a token is in use, at most once a minute.
UPDATE api_token
SET used_at = %(at)s
WHERE token_id = %(token_id)s AND (used_at IS NULL OR used_at < %(at)s::timestamptz - interval '1 minute');

-- name: revoke
-- Let a token open nothing any more; the first to do so stays named.
UPDATE api_token
SET revoked_at = coalesce(revoked_at, %(at)s), revoked_by = coalesce(revoked_by, %(by)s)
WHERE token_id = %(token_id)s
RETURNING coalesce(person_id::text, '') AS person_id, name;
