-- Drop the oldest partition whose rows have all expired by `p_now`; return its name, null where there is none. It waits
-- only briefly for who reads or writes the table, since whoever comes after it would wait too.
CREATE OR REPLACE FUNCTION drop_expired(p_now timestamptz)
RETURNS text
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '300ms'
AS $$
DECLARE
    v_name text;
BEGIN
    SELECT part.name INTO v_name
    FROM (
        SELECT 'reading', keep_raw FROM upkeep
        UNION ALL SELECT 'reading_1m', keep_minutes FROM upkeep
        UNION ALL SELECT 'reading_1h', keep_hours FROM upkeep
    ) AS kept (parent, keep)
    CROSS JOIN LATERAL partitions_of(kept.parent) AS part
    WHERE part.until <= p_now - kept.keep
    ORDER BY part.since, part.name
    LIMIT 1;
    IF v_name IS NOT NULL THEN
        EXECUTE format('DROP TABLE public.%I', v_name);
    END IF;
    RETURN v_name;
END
$$;

-- Make the partitions of the next two weeks, or of two days where they are short, so that no batch has to.
CREATE OR REPLACE FUNCTION prepare_partitions(p_now timestamptz)
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    RETURN ensure_partition(p_now, p_now + least(interval '14 days', 48 * (SELECT partition FROM upkeep)))
        + ensure_rollup_partition(p_now, p_now + interval '14 days');
END
$$;
