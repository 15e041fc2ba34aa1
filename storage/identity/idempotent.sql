-- name: expire
-- Let go of a key that was taken too long ago.
DELETE FROM idempotent_request
WHERE principal = %(principal)s AND key = %(key)s AND began < %(expired)s;

-- name: begin
-- Take a key for a request; no row where it is taken.
INSERT INTO idempotent_request (principal, key, sha256, began)
VALUES (%(principal)s, %(key)s, %(sha256)s, %(began)s)
ON CONFLICT (principal, key) DO NOTHING
RETURNING key;

-- name: under
-- What was asked under a key, and how it was answered.
SELECT sha256, status, headers, body
FROM idempotent_request
WHERE principal = %(principal)s AND key = %(key)s;

-- name: answer
-- Keep how a request was answered.
UPDATE idempotent_request
SET status = %(status)s, headers = %(headers)s, body = %(body)s
WHERE principal = %(principal)s AND key = %(key)s;

-- name: forget
-- Let a key be taken again: nothing was done under it.
DELETE FROM idempotent_request
WHERE principal = %(principal)s AND key = %(key)s;
