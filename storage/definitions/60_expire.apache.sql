-- Drop the chunks whose rows have all expired by `p_now`; return the name of one, null where there was none. It waits
-- only briefly for who reads or writes the table, since whoever comes after it would wait too.
CREATE OR REPLACE FUNCTION drop_expired(p_now timestamptz)
RETURNS text
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '300ms'
AS $$
DECLARE
    v_rules upkeep;
    v_name text;
BEGIN
    SELECT * INTO v_rules FROM upkeep;
    SELECT min(dropped.name) INTO v_name
    FROM (
        SELECT drop_chunks('reading', older_than => p_now - v_rules.keep_raw) AS name
        UNION ALL SELECT drop_chunks('reading_1m', older_than => p_now - v_rules.keep_minutes)
        UNION ALL SELECT drop_chunks('reading_1h', older_than => p_now - v_rules.keep_hours)
    ) AS dropped;
    RETURN v_name;
END
$$;
