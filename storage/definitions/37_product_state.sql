-- What is wrong with the product itself now, one row a fault (`plant.product_state.FaultKind`); no row: it works. Whoever
-- cannot read this view sees that the database is away.
CREATE VIEW watch.product_fault AS
SELECT f.fault, min(f.since) AS since, min(f.says) AS says
FROM process_report AS p
CROSS JOIN LATERAL jsonb_to_recordset(p.faults) AS f (fault text, since timestamptz, says text)
WHERE p.seen_at >= clock_timestamp() - interval '10 seconds'
GROUP BY f.fault
UNION ALL
SELECT 'database_read_only', NULL, 'the database takes no writes: it is a standby, or default_transaction_read_only is on'
WHERE pg_is_in_recovery()
    OR EXISTS (
        SELECT
        FROM pg_settings
        WHERE name = 'default_transaction_read_only'
            AND reset_val = 'on'
            AND source NOT IN ('session', 'user', 'client')
    )
UNION ALL
SELECT 'ingest_away', max(lease_until), 'no ingest process stores telemetry: none has written its lease lately'
FROM ingest_slot
HAVING count(*) > 0 AND count(*) FILTER (WHERE holder IS NOT NULL AND lease_until >= clock_timestamp()) = 0
UNION ALL
SELECT
    'broker_away',
    NULL,
    'ingest has no connection to the broker: slot ' || string_agg(slot::text, ', ' ORDER BY slot)
FROM ingest_slot
WHERE holder IS NOT NULL AND lease_until >= clock_timestamp() AND NOT is_listening
HAVING count(*) > 0
UNION ALL
SELECT
    'jobs_stuck',
    min(due.since),
    count(*) || ' jobs wait, the oldest for ' || floor(extract(epoch FROM clock_timestamp() - min(due.since)) / 60)::integer
        || ' min, and nobody does them'
FROM (
    SELECT greatest(j.scheduled_at, max(e.at)) AS since
    FROM procrastinate_jobs AS j
    JOIN procrastinate_events AS e ON e.job_id = j.id
    WHERE j.status = 'todo'
    GROUP BY j.id
) AS due
WHERE due.since < clock_timestamp() - interval '60 seconds'
    AND NOT EXISTS (
        SELECT FROM procrastinate_workers WHERE last_heartbeat >= clock_timestamp() - interval '45 seconds'
    )
HAVING count(*) > 0;
