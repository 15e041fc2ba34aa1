-- Make the weekly partitions of `reading` that hold [p_from, p_to]. Weeks begin on Monday, UTC.
CREATE OR REPLACE FUNCTION ensure_partition(p_from timestamptz, p_to timestamptz)
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    v_week timestamp := date_trunc('week', p_from AT TIME ZONE 'UTC');
    v_name text;
    v_made integer := 0;
BEGIN
    IF p_to - p_from > interval '40 years' THEN
        RAISE EXCEPTION 'ensure_partition: % to % is more than 40 years', p_from, p_to;
    END IF;
    WHILE v_week <= p_to AT TIME ZONE 'UTC' LOOP
        v_name := 'reading_' || to_char(v_week, 'YYYYMMDD');
        IF to_regclass('public.' || v_name) IS NULL THEN
            PERFORM pg_advisory_xact_lock(hashtext('assetloop.ensure_partition'));
            -- Ask the catalogue itself: what to_regclass remembers is not refreshed by an advisory lock.
            IF NOT EXISTS (
                SELECT FROM pg_class WHERE relname = v_name AND relnamespace = 'public'::regnamespace
            ) THEN
                -- Made apart and then attached, it waits for nobody who reads or writes `reading`, and nobody for it.
                EXECUTE format('CREATE TABLE public.%I (LIKE public.reading INCLUDING ALL)', v_name);
                EXECUTE format(
                    'ALTER TABLE public.reading ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
                    v_name, v_week AT TIME ZONE 'UTC', (v_week + interval '7 days') AT TIME ZONE 'UTC'
                );
                v_made := v_made + 1;
            END IF;
        END IF;
        v_week := v_week + interval '7 days';
    END LOOP;
    RETURN v_made;
END
$$;
