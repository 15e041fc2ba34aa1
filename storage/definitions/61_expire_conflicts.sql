-- Forget conflicts whose instant is older than raw readings are kept; return how many.
CREATE OR REPLACE FUNCTION drop_expired_conflicts(p_now timestamptz)
RETURNS bigint
LANGUAGE sql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    WITH gone AS (
        DELETE FROM reading_conflict WHERE time < p_now - (SELECT keep_raw FROM upkeep) RETURNING 1
    )
    SELECT count(*) FROM gone
$$;
