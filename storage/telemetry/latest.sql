-- name: one_writer
-- Let one process at a time move latest values, until its transaction ends: rows are not touched in an order of ours.
SELECT pg_advisory_xact_lock(hashtext('assetloop.latest'));

-- name: move
-- Move the latest value of signals that have one forward, never back.
UPDATE latest AS held
SET time = u.time, value = u.value, flags = u.flags, stored_at = %(stored_at)s
FROM unnest(
    %(signal_ids)s::integer[], %(times)s::timestamptz[], %(values)s::double precision[], %(flags)s::smallint[]
) AS u (signal_id, time, value, flags)
WHERE held.signal_id = u.signal_id
    AND held.time < u.time;

-- name: begin
-- Give signals that have no latest value yet their first.
INSERT INTO latest (signal_id, time, value, flags, stored_at)
SELECT u.signal_id, u.time, u.value, u.flags, %(stored_at)s
FROM unnest(
    %(signal_ids)s::integer[], %(times)s::timestamptz[], %(values)s::double precision[], %(flags)s::smallint[]
) AS u (signal_id, time, value, flags)
WHERE NOT EXISTS (SELECT FROM latest AS held WHERE held.signal_id = u.signal_id);

-- name: repair
-- Bring every signal's latest value up to what is stored, historical rows and rows ahead of the clock (8 + 16) left out.
INSERT INTO latest AS held (signal_id, time, value, flags, stored_at)
SELECT s.signal_id, r.time, r.value, r.flags, %(stored_at)s
FROM signal AS s
CROSS JOIN LATERAL (
    SELECT n.time, n.value, n.flags
    FROM reading AS n
    WHERE n.signal_id = s.signal_id
        AND n.flags & 24 = 0
    ORDER BY n.time DESC
    LIMIT 1
) AS r
LEFT JOIN latest AS l USING (signal_id)
WHERE l.time IS NULL OR l.time < r.time
ORDER BY s.signal_id
ON CONFLICT (signal_id) DO UPDATE
SET time = excluded.time, value = excluded.value, flags = excluded.flags, stored_at = excluded.stored_at
WHERE held.time < excluded.time;
