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
    SELECT c.relname INTO v_name
    FROM (
        SELECT 'reading'::regclass, interval '7 days', keep_raw FROM upkeep
        UNION ALL SELECT 'reading_1m'::regclass, interval '7 days', keep_minutes FROM upkeep
        UNION ALL SELECT 'reading_1h'::regclass, interval '364 days', keep_hours FROM upkeep
    ) AS kept (parent, length, keep)
    JOIN pg_inherits AS i ON i.inhparent = kept.parent
    JOIN pg_class AS c ON c.oid = i.inhrelid
    WHERE (to_date(right(c.relname, 8), 'YYYYMMDD')::timestamp AT TIME ZONE 'UTC') + kept.length <= p_now - kept.keep
    ORDER BY right(c.relname, 8), c.relname
    LIMIT 1;
    IF v_name IS NOT NULL THEN
        EXECUTE format('DROP TABLE public.%I', v_name);
    END IF;
    RETURN v_name;
END
$$;

-- Make the partitions of the next two weeks, so that no batch has to.
CREATE OR REPLACE FUNCTION prepare_partitions(p_now timestamptz)
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    RETURN ensure_partition(p_now, p_now + interval '14 days')
        + ensure_rollup_partition(p_now, p_now + interval '14 days');
END
$$;
