-- name: count
-- Count an attempt to sign in.
INSERT INTO sign_in_attempt (minute, account, address, outcome, last_at)
VALUES (date_trunc('minute', %(at)s::timestamptz), %(account)s, %(address)s, %(outcome)s, %(at)s)
ON CONFLICT (minute, account, address, outcome) DO UPDATE
SET count = sign_in_attempt.count + 1, last_at = excluded.last_at;

-- name: attempts
-- The newest attempts.
SELECT minute, account, address, outcome, count, last_at
FROM sign_in_attempt
ORDER BY last_at DESC
LIMIT %(most)s;

-- name: lock
-- Let attempts at an account from an address wait for each other, so that many at once count as many.
SELECT pg_advisory_xact_lock(hashtextextended(%(key)s, 40));

-- name: delays
-- What stands against some keys.
SELECT key, failures, until, last_at
FROM sign_in_delay
WHERE key = ANY(%(keys)s);

-- name: keep_delay
-- Keep what stands against a key.
INSERT INTO sign_in_delay (key, failures, until, last_at)
VALUES (%(key)s, %(failures)s, %(until)s, %(at)s)
ON CONFLICT (key) DO UPDATE
SET failures = excluded.failures, until = excluded.until, last_at = excluded.last_at;

-- name: clear_delay
-- Let nothing stand against a key any more.
DELETE FROM sign_in_delay
WHERE key = ANY(%(keys)s);

-- name: has_been_here
-- Whether an account was signed in to from an address since an instant.
SELECT EXISTS (
    SELECT
    FROM sign_in_attempt
    WHERE account = %(account)s AND address = %(address)s AND outcome = 'succeeded' AND minute >= %(since)s
) AS found;
