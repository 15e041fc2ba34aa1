-- name: copy_out_as_stored
-- Every reading in binary, in the order in which the table holds them.
COPY (SELECT time, signal_id, flags, value FROM reading)
TO STDOUT (FORMAT binary);

-- name: copy_out_as_published
-- Every reading in binary, in the order in which they were published: turn by turn, asset by asset, instant by instant.
COPY (
    SELECT time, signal_id, flags, value
    FROM reading
    JOIN signal USING (signal_id)
    ORDER BY
        floor(extract(epoch FROM time - %(began)s::timestamptz) * 1000 / %(instants)s),
        asset_id,
        time,
        signal_id
)
TO STDOUT (FORMAT binary);

-- name: copy_in
-- The same rows back, into the same table.
COPY reading (time, signal_id, flags, value)
FROM STDIN (FORMAT binary);

-- name: empty
-- Remove every reading.
TRUNCATE reading;

-- name: newest_of
-- The newest value of a signal, and when it says that it was measured.
SELECT time, value
FROM reading
WHERE signal_id = %(signal_id)s
ORDER BY time DESC
LIMIT 1;

-- name: instants_of
-- How many readings each signal has.
SELECT signal_id, count(*) AS instants
FROM reading
GROUP BY signal_id
ORDER BY signal_id;

-- name: signal_ids
-- The numbers of every asset's signals.
SELECT a.tag, array_agg(s.signal_id ORDER BY s.signal_id) AS signal_ids
FROM signal AS s
JOIN asset AS a USING (asset_id)
GROUP BY a.tag;

-- name: server
-- The process that serves this session, and the server's clock.
SELECT pg_backend_pid() AS pid, now() AS now;
