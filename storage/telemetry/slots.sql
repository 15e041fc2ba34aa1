-- name: one_at_a_time
-- Let one process at a time look for a free slot, until its transaction ends.
SELECT pg_advisory_xact_lock(hashtext('assetloop.ingest_slot'));

-- name: given
-- A slot that was given to a process.
SELECT slot
FROM ingest_slot
WHERE holder = %(holder)s
ORDER BY slot
LIMIT 1;

-- name: acquire
-- Lease the first slot that nobody holds, and say whose it was; no row where all of them are held.
UPDATE ingest_slot AS t
SET
    holder = %(holder)s,
    lease_until = clock_timestamp() + make_interval(secs => %(lease_s)s),
    claimed_by = NULL,
    is_listening = false
FROM (
    SELECT s.slot, s.holder
    FROM ingest_slot AS s
    WHERE s.slot < %(most)s
        AND (s.holder IS NULL OR s.lease_until IS NULL OR s.lease_until < clock_timestamp())
    ORDER BY s.slot
    LIMIT 1
) AS free
WHERE t.slot = free.slot
RETURNING t.slot, free.holder AS former;

-- name: as_login
-- Speak as whom the connection was opened by, whose sessions may be ended; until the transaction ends or `as_ingest`.
SET LOCAL ROLE NONE;

-- name: as_ingest
-- Speak as ingest again.
SET LOCAL ROLE assetloop_ingest;

-- name: end_sessions
-- End the sessions of a process that no longer answers, and with them what they hold locked.
SELECT pg_terminate_backend(a.pid)
FROM pg_stat_activity AS a
WHERE a.datname = current_database()
    AND a.application_name = %(name)s
    AND a.usename = session_user;

-- name: claim
-- Ask for a slot of a holder that has more than one; nothing happens where somebody asks already, or nobody has.
UPDATE ingest_slot
SET claimed_by = %(holder)s
WHERE slot = (
    SELECT max(s.slot)
    FROM ingest_slot AS s
    WHERE NOT s.is_draining
        AND s.lease_until >= clock_timestamp()
        AND (s.claimed_by IS NULL OR s.claimed_by = %(holder)s)
        AND (
            SELECT count(*)
            FROM ingest_slot AS o
            WHERE o.holder = s.holder AND o.claimed_by IS NULL AND NOT o.is_draining AND o.slot <> s.slot
        ) > 0
);

-- name: make
-- Make a new slot with the first free number; no row where there are as many as there may be.
INSERT INTO ingest_slot (slot, holder, lease_until)
SELECT n.slot, %(holder)s, clock_timestamp() + make_interval(secs => %(lease_s)s)
FROM generate_series(0, %(most)s - 1) AS n (slot)
WHERE NOT EXISTS (SELECT FROM ingest_slot AS s WHERE s.slot = n.slot)
ORDER BY n.slot
LIMIT 1
RETURNING slot;

-- name: renew
-- Go on holding our slots, and say what others want of them.
UPDATE ingest_slot
SET lease_until = clock_timestamp() + make_interval(secs => %(lease_s)s)
WHERE holder = %(holder)s
RETURNING slot, last_commit, claimed_by, is_draining, spread_over, spread_version;

-- name: report
-- Say how far behind a slot is.
UPDATE ingest_slot
SET
    lag_s = %(lag_s)s,
    is_listening = %(is_listening)s,
    last_commit = coalesce(%(last_commit)s, last_commit)
WHERE slot = %(slot)s
    AND holder = %(holder)s;

-- name: spread_over
-- The slots over which what must come in order is spread, and what each has agreed on.
SELECT slot, spread_version, is_listening, is_draining
FROM ingest_slot
WHERE spread_over IS NOT NULL
ORDER BY slot;

-- name: ring_version
-- Which ring this is.
SELECT coalesce(max(ring_version), 0) AS version
FROM ingest_slot;

-- name: agree
-- Say by which ring everything of a slot's session is stored. Its first word of that changes the ring, and counts only
-- where it speaks of the present one.
UPDATE ingest_slot
SET
    spread_over = %(spread_over)s,
    spread_version = %(version)s,
    ring_version = CASE
        WHEN spread_over IS NULL THEN (SELECT max(o.ring_version) + 1 FROM ingest_slot AS o)
        ELSE ring_version
    END
WHERE slot = %(slot)s
    AND holder = %(holder)s
    AND CASE
        WHEN spread_over IS NULL THEN %(version)s = (SELECT max(o.ring_version) FROM ingest_slot AS o)
        ELSE spread_version <> %(version)s
    END;

-- name: report_spool
-- Say how old the oldest message in a spool is.
INSERT INTO ingest_spool (holder, oldest, lease_until)
VALUES (%(holder)s, %(oldest)s, clock_timestamp() + make_interval(secs => %(lease_s)s))
ON CONFLICT (holder) DO UPDATE SET oldest = excluded.oldest, lease_until = excluded.lease_until;

-- name: end_spool
-- Say that a spool is empty, and forget those of processes that are long gone.
DELETE FROM ingest_spool
WHERE holder = %(holder)s
    OR lease_until < clock_timestamp() - interval '1 day';

-- name: report_loss
-- Write down that telemetry was lost.
INSERT INTO ingest_loss (holder, at, messages, size_bytes)
VALUES (%(holder)s, %(at)s, %(messages)s, %(size_bytes)s);

-- name: spread
-- What slots and spools lag behind one another by.
SELECT ingest_spread_s(clock_timestamp()) AS seconds;

-- name: give_away
-- Let who asked for a slot have it.
UPDATE ingest_slot
SET
    holder = claimed_by,
    lease_until = clock_timestamp() + make_interval(secs => %(lease_s)s),
    claimed_by = NULL,
    is_listening = false
WHERE slot = %(slot)s
    AND holder = %(holder)s
    AND claimed_by IS NOT NULL;

-- name: end
-- Forget a slot whose session has ended.
DELETE FROM ingest_slot
WHERE slot = %(slot)s
    AND holder = %(holder)s;

-- name: release
-- Give every slot of a process up.
UPDATE ingest_slot
SET holder = NULL, lease_until = NULL, lag_s = 0, is_listening = false
WHERE holder = %(holder)s;

-- name: drain
-- Ask for the end of surplus slots, the highest numbers first; one for each process that is alive stays, its lowest.
WITH ranked AS (
    SELECT
        slot,
        row_number() OVER (PARTITION BY CASE WHEN lease_until >= clock_timestamp() THEN holder END ORDER BY slot) AS n,
        holder IS NOT NULL AND lease_until >= clock_timestamp() AS is_held
    FROM ingest_slot
    WHERE NOT is_draining
),
kept AS (
    SELECT slot
    FROM ranked
    ORDER BY NOT (is_held AND n = 1), slot
    LIMIT greatest(1, coalesce(%(keep)s, (SELECT count(*) FROM ranked WHERE is_held AND n = 1)))
)
UPDATE ingest_slot
SET is_draining = true
WHERE slot IN (SELECT slot FROM ranked)
    AND slot NOT IN (SELECT slot FROM kept)
RETURNING slot;

-- name: change_ring
-- Note that the ring has changed.
UPDATE ingest_slot
SET ring_version = (SELECT max(o.ring_version) + 1 FROM ingest_slot AS o);

-- name: all
-- Every slot.
SELECT
    slot, holder, lag_s, last_commit, claimed_by, is_listening, is_draining,
    holder IS NOT NULL AND lease_until >= clock_timestamp() AS is_held
FROM ingest_slot
ORDER BY slot;
