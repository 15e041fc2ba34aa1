-- name: make_link
-- Make a link with which a person sets a password; those before it open nothing any more.
WITH before AS (
    UPDATE one_time_link
    SET used_at = %(at)s
    WHERE person_id = %(person_id)s::uuid AND used_at IS NULL
)
INSERT INTO one_time_link (sha256, person_id, made_at, made_by, expires_at)
VALUES (%(sha256)s, %(person_id)s::uuid, %(at)s, %(by)s, %(expires_at)s);

-- name: mail_link
-- Make a link that goes out by mail; those before it stay good, so that nobody makes them end by asking.
INSERT INTO one_time_link (sha256, person_id, made_at, made_by, expires_at, is_mailed)
VALUES (%(sha256)s, %(person_id)s::uuid, %(at)s, %(by)s, %(expires_at)s, true);

-- name: mailed_since
-- How many links went to a person by mail since an instant.
SELECT count(*) AS links
FROM one_time_link
WHERE person_id = %(person_id)s::uuid AND is_mailed AND made_at > %(since)s;

-- name: end_links
-- Let no link of a person open anything any more.
UPDATE one_time_link
SET used_at = %(at)s
WHERE person_id = %(person_id)s::uuid AND used_at IS NULL;

-- name: link
-- Whose a link is that can still be used.
SELECT person_id::text
FROM one_time_link
WHERE sha256 = %(sha256)s AND used_at IS NULL AND expires_at > %(at)s;

-- name: use_link
-- Use a link; no row where somebody was first, or it has expired.
UPDATE one_time_link
SET used_at = %(at)s
WHERE sha256 = %(sha256)s AND used_at IS NULL AND expires_at > %(at)s
RETURNING person_id::text;

-- name: make_confirmation
-- Keep that a person has just shown the credential again, for one act.
INSERT INTO confirmation (sha256, person_id, act, made_at, expires_at)
VALUES (%(sha256)s, %(person_id)s::uuid, %(act)s, %(at)s, %(expires_at)s);

-- name: use_confirmation
-- Use it, and say for which act it was; no row where it was used, has expired or is another's.
UPDATE confirmation
SET used_at = %(at)s
WHERE sha256 = %(sha256)s AND person_id = %(person_id)s::uuid AND used_at IS NULL AND expires_at > %(at)s
RETURNING act;

-- name: begin_provider_sign_in
-- Keep what must come back with a sign-in at the provider.
INSERT INTO provider_sign_in (sha256, nonce, code_verifier, next, expires_at, act, person_id)
VALUES (
    %(sha256)s, %(nonce)s, %(code_verifier)s, %(next)s, %(expires_at)s, %(act)s, %(person_id)s::uuid
);

-- name: end_provider_sign_in
-- Take what was kept of it, once.
DELETE FROM provider_sign_in
WHERE sha256 = %(sha256)s
RETURNING nonce, code_verifier, next, expires_at, act, person_id::text AS person_id;
