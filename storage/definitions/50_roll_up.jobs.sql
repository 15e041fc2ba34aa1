-- Roll up what was touched, where TimescaleDB's community edition does not. An aggregate is always made anew from all
-- that lies below it, so nothing depends on the order in which readings came. One that would count no more readings
-- than it stands for already is left alone: it is the same, or raw readings below it were dropped by retention.

-- Roll up all that the notes of one hour name; return how many notes that was.
CREATE OR REPLACE FUNCTION roll_up(p_hour timestamptz)
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public, pg_temp
-- A plan made while a partition was new and empty would read all of it for every signal once it is full.
SET enable_seqscan = off
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    v_notes touched[];
    v_since timestamptz;
    v_until timestamptz;
    v_signals integer[];
    v_changed integer[];
    v_hours timestamptz[];
    v_days timestamptz[];
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('assetloop.roll_up'));
    -- What was stored with a note is seen by every later statement, since both were committed together.
    WITH taken AS (
        DELETE FROM touched AS t
        WHERE t.since >= p_hour AND t.since < p_hour + interval '1 hour'
        RETURNING t.*
    )
    SELECT array_agg(taken::touched), min(taken.since), max(taken.until) + interval '1 minute'
    INTO v_notes, v_since, v_until
    FROM taken;
    IF v_notes IS NULL THEN
        RETURN 0;
    END IF;
    PERFORM ensure_rollup_partition(v_since, v_until);

    IF EXISTS (SELECT FROM unnest(v_notes) AS note WHERE note.signal_ids IS NULL) THEN
        SELECT array_agg(signal_id ORDER BY signal_id) INTO v_signals FROM signal;
    ELSE
        SELECT array_agg(DISTINCT named.signal_id ORDER BY named.signal_id)
        INTO v_signals
        FROM unnest(v_notes) AS note
        CROSS JOIN LATERAL unnest(note.signal_ids) AS named (signal_id);
    END IF;

    WITH changed AS (
        INSERT INTO reading_1m AS held (signal_id, time, lowest, highest, total, n, last)
        SELECT
            good.signal_id, good.minute, min(good.value), max(good.value), sum(good.value), count(*),
            (array_agg(good.value ORDER BY good.time DESC))[1]
        FROM unnest(v_signals) AS wanted (signal_id)
        CROSS JOIN LATERAL (
            SELECT r.signal_id, date_bin('1 minute', r.time, '2001-01-01 UTC') AS minute, r.time, r.value
            FROM reading AS r
            WHERE r.signal_id = wanted.signal_id AND r.time >= v_since AND r.time < v_until AND r.flags & 2 = 0
            OFFSET 0
        ) AS good
        GROUP BY good.signal_id, good.minute
        ON CONFLICT (signal_id, time) DO UPDATE
        SET lowest = excluded.lowest, highest = excluded.highest, total = excluded.total, n = excluded.n,
            last = excluded.last
        WHERE excluded.n > held.n
        RETURNING held.signal_id, held.time
    )
    SELECT array_agg(c.signal_id), array_agg(c.hour)
    INTO v_changed, v_hours
    FROM (SELECT DISTINCT signal_id, date_bin('1 hour', time, '2001-01-01 UTC') AS hour FROM changed) AS c;

    WITH changed AS (
        INSERT INTO reading_1h AS held (signal_id, time, lowest, highest, total, n, last)
        SELECT
            below.signal_id, wanted.hour, min(below.lowest), max(below.highest), sum(below.total), sum(below.n),
            (array_agg(below.last ORDER BY below.time DESC))[1]
        FROM unnest(v_changed, v_hours) AS wanted (signal_id, hour)
        CROSS JOIN LATERAL (
            SELECT *
            FROM reading_1m AS m
            WHERE m.signal_id = wanted.signal_id AND m.time >= wanted.hour AND m.time < wanted.hour + interval '1 hour'
            OFFSET 0
        ) AS below
        GROUP BY below.signal_id, wanted.hour
        ON CONFLICT (signal_id, time) DO UPDATE
        SET lowest = excluded.lowest, highest = excluded.highest, total = excluded.total, n = excluded.n,
            last = excluded.last
        WHERE excluded.n > held.n
        RETURNING held.signal_id, held.time
    )
    SELECT array_agg(c.signal_id), array_agg(c.day)
    INTO v_changed, v_days
    FROM (SELECT DISTINCT signal_id, date_bin('1 day', time, '2001-01-01 UTC') AS day FROM changed) AS c;

    INSERT INTO reading_1d AS held (signal_id, time, lowest, highest, total, n, last)
    SELECT
        below.signal_id, wanted.day, min(below.lowest), max(below.highest), sum(below.total), sum(below.n),
        (array_agg(below.last ORDER BY below.time DESC))[1]
    FROM unnest(v_changed, v_days) AS wanted (signal_id, day)
    CROSS JOIN LATERAL (
        SELECT *
        FROM reading_1h AS h
        WHERE h.signal_id = wanted.signal_id AND h.time >= wanted.day AND h.time < wanted.day + interval '1 day'
        OFFSET 0
    ) AS below
    GROUP BY below.signal_id, wanted.day
    ON CONFLICT (signal_id, time) DO UPDATE
    SET lowest = excluded.lowest, highest = excluded.highest, total = excluded.total, n = excluded.n,
        last = excluded.last
    WHERE excluded.n > held.n;
    RETURN cardinality(v_notes);
END
$$;
