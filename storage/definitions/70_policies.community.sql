-- Columnstore and policies, by the rules in `upkeep`. Made anew at every migrate.

DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM timescaledb_information.hypertables
        WHERE hypertable_schema = 'public' AND hypertable_name = 'reading' AND compression_enabled
    ) THEN
        ALTER TABLE reading SET (
            timescaledb.enable_columnstore, timescaledb.segmentby = 'signal_id', timescaledb.orderby = 'time'
        );
    END IF;
END
$$;

-- Readings are compressed once even the longest outage has been made up for: what comes later costs more to store.
CALL remove_columnstore_policy('reading', if_exists => true);
DO $$
DECLARE
    v_rules upkeep;
BEGIN
    SELECT * INTO v_rules FROM upkeep;
    CALL add_columnstore_policy('reading', after => v_rules.longest_outage);
END
$$;

-- Roll-ups are fresh within the longest outage; the last, unfinished bucket is made anew each time.
SELECT
    remove_continuous_aggregate_policy(level.rollup, if_exists => true),
    remove_retention_policy(level.rollup, if_exists => true)
FROM unnest('{reading_1m, reading_1h, reading_1d}'::regclass[]) AS level (rollup);
SELECT add_continuous_aggregate_policy(
    level.rollup, start_offset => greatest(u.longest_outage, interval '3 days'), end_offset => NULL::interval,
    schedule_interval => level.every
)
FROM upkeep AS u
CROSS JOIN unnest(
    '{reading_1m, reading_1h, reading_1d}'::regclass[], '{1 minute, 5 minutes, 15 minutes}'::interval[]
) AS level (rollup, every);

-- Retention: whole chunks that have expired.
SELECT remove_retention_policy('reading', if_exists => true);
SELECT
    add_retention_policy('reading', drop_after => u.keep_raw),
    add_retention_policy('reading_1m', drop_after => u.keep_minutes),
    add_retention_policy('reading_1h', drop_after => u.keep_hours)
FROM upkeep AS u;

-- What is backfilled from before that window.
SELECT delete_job(job_id)
FROM timescaledb_information.jobs
WHERE proc_schema = 'public' AND proc_name = 'refresh_touched';
SELECT add_job('refresh_touched', schedule_interval => interval '1 minute');
