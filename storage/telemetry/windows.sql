-- name: copy_blocks
-- Copy out what signals measured in stretches of time, a block of signals a row.
COPY (
    SELECT places, times, measured
    FROM read_blocks(
        %(signal_ids)s::integer[], %(signals)s, %(after_us)s::bigint[], %(until_us)s::bigint[], %(from)s::timestamptz,
        %(to)s::timestamptz, %(most)s, %(block)s
    )
) TO STDOUT (FORMAT BINARY);

-- name: select_blocks
-- The same where the server cannot copy.
SELECT places, times, measured
FROM read_blocks(
    %(signal_ids)s::integer[], %(signals)s, %(after_us)s::bigint[], %(until_us)s::bigint[], %(from)s::timestamptz,
    %(to)s::timestamptz, %(most)s, %(block)s
);

-- name: held
-- Those of some signals whose last value holds, being reported only when they change, and for how long.
SELECT signal_id, holds_s
FROM signal
WHERE signal_id = ANY (%(signal_ids)s::integer[])
    AND holds_s IS NOT NULL;

-- name: last_before
-- The last value of each of some signals up to an instant that still holds then: none where a bad one came after it.
SELECT wanted.place, (extract(epoch FROM last.time) * 1000000)::bigint AS time_us, last.value
FROM unnest(%(places)s::bigint[], %(signal_ids)s::integer[], %(befores)s::timestamptz[], %(holds_s)s::double precision[])
    AS wanted (place, signal_id, before, holds_s)
CROSS JOIN LATERAL (
    SELECT r.time, r.value, r.flags
    FROM reading AS r
    WHERE r.signal_id = wanted.signal_id
        AND r.time > wanted.before - make_interval(secs => wanted.holds_s)
        AND r.time <= wanted.before
    ORDER BY r.time DESC
    LIMIT 1
) AS last
WHERE last.flags & 2 = 0;

-- name: ends
-- When some signals said values of bad quality, which end what they said before, in (after, until] of each.
SELECT wanted.place, array_agg((extract(epoch FROM r.time) * 1000000)::bigint ORDER BY r.time) AS times_us
FROM unnest(%(places)s::bigint[], %(signal_ids)s::integer[], %(afters)s::timestamptz[], %(untils)s::timestamptz[])
    AS wanted (place, signal_id, after, until)
JOIN reading AS r ON r.signal_id = wanted.signal_id AND r.time > wanted.after AND r.time <= wanted.until
WHERE r.time > %(from)s
    AND r.time <= %(to)s
    AND r.flags & 2 <> 0
GROUP BY wanted.place;

-- name: newest
-- The newest data time of each asset, and when the last of its values was stored.
SELECT signal.asset_id, max(latest.time) AS time, max(latest.stored_at) AS stored_at
FROM latest
JOIN signal USING (signal_id)
WHERE %(asset_ids)s::integer[] IS NULL OR signal.asset_id = ANY (%(asset_ids)s::integer[])
GROUP BY signal.asset_id
ORDER BY signal.asset_id;

-- name: before_last
-- The latest instant after which no signal measured more than so many values up to another; null where none did.
SELECT max(edge.time) AS time
FROM unnest(%(signal_ids)s::integer[]) AS wanted (signal_id)
CROSS JOIN LATERAL (
    SELECT r.time
    FROM reading AS r
    WHERE r.signal_id = wanted.signal_id
        AND r.time > %(after)s
        AND r.time <= %(until)s
        AND r.flags & 2 = 0
    ORDER BY r.time DESC
    OFFSET %(most)s
    LIMIT 1
) AS edge;
