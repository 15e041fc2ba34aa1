-- name: readings
-- Copy out what signals measured after one instant up to another, the earliest values of each; bad quality is left out.
COPY (
    SELECT wanted.place::integer, kept.time, kept.value
    FROM unnest(%(signal_ids)s::integer[]) WITH ORDINALITY AS wanted (signal_id, place)
    CROSS JOIN LATERAL (
        SELECT reading.time, reading.value
        FROM reading
        WHERE reading.signal_id = wanted.signal_id
            AND reading.time > %(after)s::timestamptz
            AND reading.time <= %(until)s::timestamptz
            AND reading.flags & 2 = 0
        ORDER BY reading.time
        LIMIT %(most)s
    ) AS kept
) TO STDOUT (FORMAT BINARY);

-- name: newest
-- The newest data time of each asset, and when the last of its values was stored.
SELECT signal.asset_id, max(latest.time) AS time, max(latest.stored_at) AS stored_at
FROM latest
JOIN signal USING (signal_id)
WHERE %(asset_ids)s::integer[] IS NULL OR signal.asset_id = ANY (%(asset_ids)s::integer[])
GROUP BY signal.asset_id
ORDER BY signal.asset_id;
