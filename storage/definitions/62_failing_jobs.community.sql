-- Our jobs at TimescaleDB's scheduler whose last run failed, and what the last failure said.
CREATE OR REPLACE FUNCTION failing_jobs()
RETURNS TABLE (job text, says text)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT j.application_name::text, coalesce(last.err_message, 'it did not say why')
    FROM timescaledb_information.jobs AS j
    JOIN timescaledb_information.job_stats AS s USING (job_id)
    LEFT JOIN LATERAL (
        SELECT e.err_message
        FROM timescaledb_information.job_errors AS e
        WHERE e.job_id = j.job_id
        ORDER BY e.start_time DESC
        LIMIT 1
    ) AS last ON true
    WHERE s.last_run_status = 'Failed'
        AND j.owner = 'assetloop_owner'::regrole
    ORDER BY j.job_id
$$;
