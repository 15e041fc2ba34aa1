-- name: prepare
-- Note what is touched and make the partitions that hold these instants.
WITH noted AS (
    INSERT INTO touched (since, until, signal_ids)
    SELECT
        'epoch'::timestamptz + u.since_us * interval '1 microsecond',
        'epoch'::timestamptz + u.until_us * interval '1 microsecond',
        u.signal_ids::integer[]
    FROM unnest(%(since_us)s::bigint[], %(until_us)s::bigint[], %(touched)s::text[]) AS u (since_us, until_us, signal_ids)
)
SELECT sum(ensure_partition(u.instant, u.instant)) AS made
FROM unnest(%(instants)s::timestamptz[]) AS u (instant);

-- name: remember
-- Remember where the transaction is. That is forgotten when it ends: to forget it earlier costs a question and its answer.
SAVEPOINT append;

-- name: go_back
-- Undo what came after that.
ROLLBACK TO SAVEPOINT append;

-- name: copy
-- Append rows in the binary form, straight into the table.
COPY reading (time, signal_id, flags, value)
FROM STDIN (FORMAT binary);

-- name: insert
-- Append rows where the server cannot copy.
INSERT INTO reading (time, signal_id, flags, value)
SELECT u.time, u.signal_id, u.flags, u.value
FROM unnest(
    %(times)s::timestamptz[], %(signal_ids)s::integer[], %(flags)s::smallint[], %(values)s::double precision[]
) AS u (time, signal_id, flags, value);

-- name: make_stage
-- A place for rows of which some may be stored already; it lasts as long as the session and is empty in between.
CREATE TEMPORARY TABLE IF NOT EXISTS reading_stage (
    n integer NOT NULL,
    time timestamptz NOT NULL,
    signal_id integer NOT NULL,
    flags smallint NOT NULL,
    value double precision NOT NULL
) ON COMMIT DELETE ROWS;

-- name: copy_stage
-- Put rows on the stage, numbered in the order in which they were received.
COPY reading_stage (n, time, signal_id, flags, value)
FROM STDIN (FORMAT binary);

-- name: insert_stage
-- Put rows on the stage where the server cannot copy.
INSERT INTO reading_stage (n, time, signal_id, flags, value)
SELECT u.n - 1, u.time, u.signal_id, u.flags, u.value
FROM unnest(
    %(times)s::timestamptz[], %(signal_ids)s::integer[], %(flags)s::smallint[], %(values)s::double precision[]
) WITH ORDINALITY AS u (time, signal_id, flags, value, n);

-- name: append_stage
-- Append what is not stored yet, the first received of two for one instant; give the numbers of the rows that went in.
WITH first_received AS (
    SELECT DISTINCT ON (signal_id, time) n, time, signal_id, flags, value
    FROM reading_stage
    ORDER BY signal_id, time, n
),
added AS (
    INSERT INTO reading (time, signal_id, flags, value)
    SELECT time, signal_id, flags, value
    FROM first_received
    ON CONFLICT (signal_id, time) DO NOTHING
    RETURNING signal_id, time
)
SELECT coalesce(array_agg(f.n), '{}') AS stored
FROM first_received AS f
JOIN added AS a USING (signal_id, time);

-- name: differing
-- Give the numbers of the rows on the stage whose value is not the one that is stored for their instant.
SELECT coalesce(array_agg(s.n ORDER BY s.n), '{}') AS differing
FROM reading_stage AS s
JOIN reading AS r ON r.signal_id = s.signal_id AND r.time = s.time
WHERE r.time BETWEEN %(since)s AND %(until)s
    AND r.value <> s.value;

-- name: clear_stage
-- Empty the stage, for a transaction that appends more than once.
DELETE FROM reading_stage;

-- name: keep_conflicts
-- Keep values that differ from the stored one; give those that had not been kept before.
INSERT INTO reading_conflict (signal_id, time, value, flags, received_at)
SELECT u.signal_id, u.time, u.value, u.flags, %(received_at)s
FROM unnest(
    %(signal_ids)s::integer[], %(times)s::timestamptz[], %(values)s::double precision[], %(flags)s::smallint[]
) AS u (signal_id, time, value, flags)
ON CONFLICT ON CONSTRAINT reading_conflict_is_kept_once DO NOTHING
RETURNING signal_id, time, value;

-- name: count
-- How many readings are stored.
SELECT count(*) AS readings
FROM reading;
