-- One signal's series from the roll-up of `p_level` (1 minute, 1 hour or 1 day) and, after its newest step, from the
-- levels below it, down to raw readings: always up to date, however far rolling up has come.
CREATE OR REPLACE FUNCTION rolled_series(
    p_signal_id integer, p_from timestamptz, p_to timestamptz, p_level interval
)
RETURNS TABLE (since timestamptz, lowest double precision, highest double precision, total double precision, n bigint)
LANGUAGE sql
STABLE
AS $$
    WITH days AS (
        SELECT coalesce(max(d.time), p_from) AS until
        FROM reading_1d AS d
        WHERE p_level >= interval '1 day' AND d.signal_id = p_signal_id AND d.time >= p_from AND d.time < p_to
    ),
    hours AS (
        SELECT coalesce(max(h.time), (SELECT until FROM days)) AS until
        FROM reading_1h AS h
        WHERE p_level >= interval '1 hour' AND h.signal_id = p_signal_id
            AND h.time >= (SELECT until FROM days) AND h.time < p_to
    ),
    minutes AS (
        SELECT coalesce(max(m.time), (SELECT until FROM hours)) AS until
        FROM reading_1m AS m
        WHERE m.signal_id = p_signal_id AND m.time >= (SELECT until FROM hours) AND m.time < p_to
    )
    SELECT d.time, d.lowest, d.highest, d.total, d.n
    FROM reading_1d AS d
    WHERE p_level >= interval '1 day' AND d.signal_id = p_signal_id
        AND d.time >= p_from AND d.time < (SELECT until FROM days)
    UNION ALL
    SELECT h.time, h.lowest, h.highest, h.total, h.n
    FROM reading_1h AS h
    WHERE p_level >= interval '1 hour' AND h.signal_id = p_signal_id
        AND h.time >= (SELECT until FROM days) AND h.time < (SELECT until FROM hours)
    UNION ALL
    SELECT m.time, m.lowest, m.highest, m.total, m.n
    FROM reading_1m AS m
    WHERE m.signal_id = p_signal_id AND m.time >= (SELECT until FROM hours) AND m.time < (SELECT until FROM minutes)
    UNION ALL
    SELECT r.time, r.value, r.value, r.value, 1
    FROM reading AS r
    WHERE r.signal_id = p_signal_id AND r.time >= (SELECT until FROM minutes) AND r.time < p_to AND r.flags & 2 = 0
$$;
