-- Refresh the roll-ups over exactly what was touched before the window that their policies keep fresh: TimescaleDB makes
-- anew only the buckets in which something was stored since. It runs every minute as a job of the owner's and commits
-- after each day of data; a note is gone only when its range is fresh. What lies where retention may have dropped raw
-- readings is let be: a refresh would empty the roll-ups there.
CREATE OR REPLACE PROCEDURE refresh_touched(p_job integer DEFAULT NULL, p_config jsonb DEFAULT NULL)
LANGUAGE plpgsql
AS $$
DECLARE
    v_window timestamptz := now() - (SELECT u.longest_outage FROM upkeep AS u);
    v_raw_from timestamptz := time_bucket('1 day', now() - (SELECT u.keep_raw FROM upkeep AS u)) + interval '2 days';
    v_part record;
BEGIN
    DELETE FROM touched WHERE since >= v_window OR until < v_raw_from;
    COMMIT;
    FOR v_part IN
        SELECT
            greatest(min(t.since), v_raw_from) AS since,
            max(t.until) + interval '1 minute' AS until,
            array_agg(t.touched_id) AS notes
        FROM touched AS t
        GROUP BY time_bucket('1 day', t.since)
        ORDER BY 1 DESC
    LOOP
        CALL refresh_continuous_aggregate('reading_1m', v_part.since, v_part.until);
        CALL refresh_continuous_aggregate(
            'reading_1h', time_bucket('1 hour', v_part.since),
            time_bucket('1 hour', v_part.until - interval '1 minute') + interval '1 hour'
        );
        CALL refresh_continuous_aggregate(
            'reading_1d', time_bucket('1 day', v_part.since),
            time_bucket('1 day', v_part.until - interval '1 minute') + interval '1 day'
        );
        DELETE FROM touched WHERE touched_id = ANY (v_part.notes);
        COMMIT;
    END LOOP;
END
$$;
