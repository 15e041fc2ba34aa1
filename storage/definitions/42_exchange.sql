-- What signals hold between two instants, whatever its quality, for an export: a row a signal, its readings in arrays.
CREATE OR REPLACE FUNCTION read_whole(p_signal_ids integer[], p_from timestamptz, p_to timestamptz)
RETURNS TABLE (signal_id integer, times timestamptz[], measured double precision[], flags smallint[])
LANGUAGE sql
STABLE
AS $$
    SELECT wanted.signal_id, whole.times, whole.measured, whole.flags
    FROM unnest(p_signal_ids) WITH ORDINALITY AS wanted (signal_id, place)
    CROSS JOIN LATERAL (
        SELECT
            array_agg(r.time ORDER BY r.time) AS times,
            array_agg(r.value ORDER BY r.time) AS measured,
            array_agg(r.flags ORDER BY r.time) AS flags
        FROM reading AS r
        WHERE r.signal_id = wanted.signal_id AND r.time >= p_from AND r.time < p_to
    ) AS whole
    WHERE whole.times IS NOT NULL
    ORDER BY wanted.place
$$;
