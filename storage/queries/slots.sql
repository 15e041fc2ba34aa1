-- name: one_at_a_time
-- Let one process at a time look for a free slot, until its transaction ends.
SELECT pg_advisory_xact_lock(hashtext('assetloop.ingest_slot'));

-- name: take
-- Take the first slot that nobody holds; no row where all of them are held.
INSERT INTO ingest_slot AS held (slot, holder, lease_until)
SELECT n.slot, %(holder)s, clock_timestamp() + make_interval(secs => %(lease_s)s)
FROM generate_series(0, %(most)s - 1) AS n (slot)
LEFT JOIN ingest_slot AS i USING (slot)
WHERE i.holder IS NULL
    OR i.holder = %(holder)s
    OR i.lease_until < clock_timestamp()
ORDER BY n.slot
LIMIT 1
ON CONFLICT (slot) DO UPDATE
SET holder = excluded.holder, lease_until = excluded.lease_until
RETURNING held.slot;

-- name: renew
-- Go on holding a slot, and say how far behind it is.
UPDATE ingest_slot
SET
    lease_until = clock_timestamp() + make_interval(secs => %(lease_s)s),
    lag_s = %(lag_s)s,
    last_commit = coalesce(%(last_commit)s, last_commit)
WHERE slot = %(slot)s
    AND holder = %(holder)s;

-- name: release
-- Give a slot up.
UPDATE ingest_slot
SET holder = NULL, lease_until = NULL, lag_s = 0
WHERE slot = %(slot)s
    AND holder = %(holder)s;

-- name: all
-- Every slot that was ever held.
SELECT
    slot, holder, lag_s, last_commit,
    holder IS NOT NULL AND lease_until >= clock_timestamp() AS is_held
FROM ingest_slot
ORDER BY slot;
