-- One signal's series from the roll-up of `p_level` (1 minute, 1 hour or 1 day) and, after its newest step or from the
-- first of its readings that wait to be rolled up, from the levels below it, down to raw readings: the same however far
-- rolling up has come. What is older than raw readings are kept is taken as it is rolled up.
CREATE OR REPLACE FUNCTION rolled_series(
    p_signal_id integer, p_from timestamptz, p_to timestamptz, p_level interval
)
RETURNS TABLE (since timestamptz, lowest double precision, highest double precision, total double precision, n bigint)
LANGUAGE sql
STABLE
AS $$
    WITH waiting AS (
        SELECT (
            SELECT t.since
            FROM touched AS t
            WHERE t.since >= now() - (SELECT u.keep_raw FROM upkeep AS u)
                AND t.since < p_to
                AND t.until >= p_from
                AND (t.signal_ids IS NULL OR p_signal_id = ANY (t.signal_ids))
            ORDER BY t.since
            LIMIT 1
        ) AS since
    ),
    days AS (
        SELECT greatest(p_from, least(
            coalesce(max(d.time), p_from), (SELECT date_bin('1 day', w.since, '2001-01-01 UTC') FROM waiting AS w)
        )) AS until
        FROM reading_1d AS d
        WHERE p_level >= interval '1 day' AND d.signal_id = p_signal_id AND d.time >= p_from AND d.time < p_to
    ),
    hours AS (
        SELECT greatest((SELECT until FROM days), least(
            coalesce(max(h.time), p_from), (SELECT date_bin('1 hour', w.since, '2001-01-01 UTC') FROM waiting AS w)
        )) AS until
        FROM reading_1h AS h
        WHERE p_level >= interval '1 hour' AND h.signal_id = p_signal_id
            AND h.time >= (SELECT until FROM days) AND h.time < p_to
    ),
    minutes AS (
        SELECT greatest((SELECT until FROM hours), least(
            coalesce(max(m.time), p_from), (SELECT w.since FROM waiting AS w)
        )) AS until
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
