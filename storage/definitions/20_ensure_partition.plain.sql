-- Partitions begin at whole lengths since Monday 2001-01-01, UTC. Those that are there stay as they are when another
-- length is wanted: the lengths are whole hours, so what a longer one would overlap is filled by shorter ones.

-- The name of the partition of this length that holds an instant. Weeks, and the years of hours, are named by their
-- first day alone; no table has both.
CREATE OR REPLACE FUNCTION partition_name(p_table text, p_length interval, p_at timestamp)
RETURNS text
LANGUAGE sql
IMMUTABLE
AS $$
    SELECT
        p_table || '_'
        || CASE
            WHEN p_length IN (interval '7 days', interval '364 days') THEN to_char(b.begins, 'YYYYMMDD')
            ELSE to_char(b.begins, 'YYYYMMDDHH24') || '_' || (extract(epoch FROM p_length) / 3600)::integer || 'h'
        END
    FROM (SELECT date_bin(p_length, p_at, timestamp '2001-01-01') AS begins) AS b
$$;

-- The partitions of a table and what they hold: [since, until).
CREATE OR REPLACE FUNCTION partitions_of(p_table text)
RETURNS TABLE (name text, since timestamptz, until timestamptz)
LANGUAGE sql
STABLE
SET search_path = public, pg_temp
AS $$
    SELECT c.relname, bound.ends[1]::timestamptz, bound.ends[2]::timestamptz
    FROM pg_inherits AS i
    JOIN pg_class AS c ON c.oid = i.inhrelid
    CROSS JOIN LATERAL (
        SELECT regexp_match(pg_get_expr(c.relpartbound, 0), 'FROM \(''(.*)''\) TO \(''(.*)''\)') AS ends
    ) AS bound
    WHERE i.inhparent = p_table::regclass
$$;

-- Make the partition that holds an instant, `p_length` long or as long as fits between those that are there, unless
-- there is one; return whether it was made.
CREATE OR REPLACE FUNCTION make_partition(p_table text, p_length interval, p_at timestamp)
RETURNS boolean
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
DECLARE
    v_since timestamp;
    v_until timestamp;
    v_name text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('assetloop.ensure_partition'));
    -- Ask the catalogue itself: what to_regclass remembers is not refreshed by an advisory lock.
    SELECT s.since, s.since + s.length, partition_name(p_table, s.length, p_at)
    INTO v_since, v_until, v_name
    FROM (
        SELECT p.length, date_bin(p.length, p_at, timestamp '2001-01-01') AS since
        FROM (
            SELECT unnest(
                '{1 hour, 2 hours, 4 hours, 6 hours, 12 hours, 1 day, 7 days, 28 days, 364 days}'::interval[]
            ) AS length
        ) AS p
        WHERE p.length <= p_length
    ) AS s
    WHERE NOT EXISTS (
        SELECT
        FROM partitions_of(p_table) AS there
        WHERE there.since < (s.since + s.length) AT TIME ZONE 'UTC' AND there.until > s.since AT TIME ZONE 'UTC'
    )
    ORDER BY s.length DESC
    LIMIT 1;
    IF v_name IS NULL THEN
        RETURN false;
    END IF;
    -- Made apart and then attached, it waits for nobody who reads or writes the table, and nobody for it.
    EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING ALL)', v_name, p_table);
    EXECUTE format(
        'ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
        p_table, v_name, v_since AT TIME ZONE 'UTC', v_until AT TIME ZONE 'UTC'
    );
    RETURN true;
END
$$;

-- Make the partitions of a table that hold [p_from, p_to]; return how many.
DROP FUNCTION IF EXISTS ensure_partition_of(text, integer, timestamptz, timestamptz);
CREATE OR REPLACE FUNCTION ensure_partition_of(p_table text, p_length interval, p_from timestamptz, p_to timestamptz)
RETURNS integer
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
DECLARE
    v_at timestamp := date_bin(interval '1 hour', p_from AT TIME ZONE 'UTC', timestamp '2001-01-01');
    v_length interval;
    v_made integer := 0;
BEGIN
    IF p_to - p_from > interval '40 years' THEN
        RAISE EXCEPTION 'ensure_partition: % to % is more than 40 years', p_from, p_to;
    END IF;
    WHILE v_at <= p_to AT TIME ZONE 'UTC' LOOP
        -- Every batch comes by here: names that are known cost nothing, the catalogue is read only where none fits.
        FOREACH v_length IN ARRAY
            p_length || '{28 days, 7 days, 1 day, 12 hours, 6 hours, 4 hours, 2 hours, 1 hour}'::interval[]
        LOOP
            EXIT WHEN to_regclass('public.' || partition_name(p_table, v_length, v_at)) IS NOT NULL;
            v_length := NULL;
        END LOOP;
        IF v_length IS NULL THEN
            v_made := v_made + make_partition(p_table, p_length, v_at)::integer;
            v_at := v_at + interval '1 hour';
        ELSE
            v_at := date_bin(v_length, v_at, timestamp '2001-01-01') + v_length;
        END IF;
    END LOOP;
    RETURN v_made;
END
$$;

-- Make the partitions of `reading` that hold [p_from, p_to].
CREATE OR REPLACE FUNCTION ensure_partition(p_from timestamptz, p_to timestamptz)
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    RETURN ensure_partition_of('reading', (SELECT partition FROM upkeep), p_from, p_to);
END
$$;

-- Make the partitions of the roll-ups that hold [p_from, p_to].
CREATE OR REPLACE FUNCTION ensure_rollup_partition(p_from timestamptz, p_to timestamptz)
RETURNS integer
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
BEGIN
    RETURN ensure_partition_of('reading_1m', interval '7 days', p_from, p_to)
        + ensure_partition_of('reading_1h', interval '364 days', p_from, p_to);
END
$$;
