-- Make the partitions of a table that hold [p_from, p_to], each `p_weeks` long. Weeks begin on Monday, UTC.
CREATE OR REPLACE FUNCTION ensure_partition_of(p_table text, p_weeks integer, p_from timestamptz, p_to timestamptz)
RETURNS integer
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
DECLARE
    v_length interval := p_weeks * interval '7 days';
    v_begin timestamp := date_bin(v_length, p_from AT TIME ZONE 'UTC', timestamp '2001-01-01');
    v_name text;
    v_made integer := 0;
BEGIN
    IF p_to - p_from > interval '40 years' THEN
        RAISE EXCEPTION 'ensure_partition: % to % is more than 40 years', p_from, p_to;
    END IF;
    WHILE v_begin <= p_to AT TIME ZONE 'UTC' LOOP
        v_name := p_table || '_' || to_char(v_begin, 'YYYYMMDD');
        IF to_regclass('public.' || v_name) IS NULL THEN
            PERFORM pg_advisory_xact_lock(hashtext('assetloop.ensure_partition'));
            -- Ask the catalogue itself: what to_regclass remembers is not refreshed by an advisory lock.
            IF NOT EXISTS (
                SELECT FROM pg_class WHERE relname = v_name AND relnamespace = 'public'::regnamespace
            ) THEN
                -- Made apart and then attached, it waits for nobody who reads or writes the table, and nobody for it.
                EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING ALL)', v_name, p_table);
                EXECUTE format(
                    'ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
                    p_table, v_name, v_begin AT TIME ZONE 'UTC', (v_begin + v_length) AT TIME ZONE 'UTC'
                );
                v_made := v_made + 1;
            END IF;
        END IF;
        v_begin := v_begin + v_length;
    END LOOP;
    RETURN v_made;
END
$$;

-- Make the weekly partitions of `reading` that hold [p_from, p_to].
CREATE OR REPLACE FUNCTION ensure_partition(p_from timestamptz, p_to timestamptz)
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    RETURN ensure_partition_of('reading', 1, p_from, p_to);
END
$$;

-- Make the partitions of the roll-ups that hold [p_from, p_to].
CREATE OR REPLACE FUNCTION ensure_rollup_partition(p_from timestamptz, p_to timestamptz)
RETURNS integer
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
BEGIN
    RETURN ensure_partition_of('reading_1m', 1, p_from, p_to) + ensure_partition_of('reading_1h', 52, p_from, p_to);
END
$$;
