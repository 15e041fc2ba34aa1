-- What was stored of a merged signal is copied to the one that it was merged into, once no ingest process knows it any
-- more, and again where it was stored to nevertheless. One signal a call, where one is due; return how many readings.
-- Where both have a value for one instant, the other's own stays.
CREATE OR REPLACE FUNCTION copy_merged(p_now timestamptz)
RETURNS bigint
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    v_from integer;
    v_into integer;
    v_copied bigint;
BEGIN
    SELECT s.signal_id, s.merged_into INTO v_from, v_into
    FROM signal AS s
    LEFT JOIN latest AS l USING (signal_id)
    WHERE s.merged_into IS NOT NULL
        AND s.merged_at < p_now - interval '2 minutes'
        AND (s.copied_at IS NULL OR l.stored_at >= s.copied_at)
    ORDER BY s.signal_id
    LIMIT 1
    FOR UPDATE OF s SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    WITH copied AS (
        INSERT INTO reading (time, signal_id, flags, value)
        SELECT time, v_into, flags, value
        FROM reading
        WHERE signal_id = v_from
        ON CONFLICT (signal_id, time) DO NOTHING
        RETURNING time
    ),
    noted AS (
        INSERT INTO touched (since, until, signal_ids)
        SELECT date_trunc('minute', min(time), 'UTC'), date_trunc('minute', max(time), 'UTC'), ARRAY[v_into]
        FROM copied
        GROUP BY date_trunc('hour', time, 'UTC')
    )
    SELECT count(*) INTO v_copied FROM copied;
    PERFORM pg_advisory_xact_lock(hashtext('assetloop.latest'));
    INSERT INTO latest AS held (signal_id, time, value, flags, stored_at)
    SELECT v_into, time, value, flags, stored_at FROM latest WHERE signal_id = v_from
    ON CONFLICT (signal_id) DO UPDATE
    SET time = excluded.time, value = excluded.value, flags = excluded.flags, stored_at = excluded.stored_at
    WHERE held.time < excluded.time;
    UPDATE signal
    SET copied_at = greatest(
        p_now, (SELECT stored_at + interval '1 microsecond' FROM latest WHERE signal_id = v_from)
    )
    WHERE signal_id = v_from;
    RETURN v_copied;
END
$$;
