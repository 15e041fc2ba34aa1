-- Let go of what has been in quarantine for too long: arrivals of unknown assets, at most `p_most`, and as many payloads of
-- other reasons where a rule says so; return how much of each reason. What the register knows by now waits for its replay.
-- Rows that somebody writes at the moment are passed over.
CREATE OR REPLACE FUNCTION drop_expired_quarantine(p_now timestamptz, p_most integer)
RETURNS TABLE (reason text, messages bigint, readings bigint)
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_rules upkeep;
    v_known bytea[] := array(SELECT stranger FROM approved_strangers());
    v_arrivals bigint[];
    v_readings bigint;
BEGIN
    SELECT * INTO v_rules FROM upkeep;
    SELECT array_agg(old.arrival_id), sum(old.readings) INTO v_arrivals, v_readings
    FROM (
        SELECT q.arrival_id, q.readings
        FROM quarantine_arrival AS q
        JOIN quarantine AS held USING (quarantine_id)
        WHERE q.at < p_now - v_rules.keep_strangers AND q.stranger <> ALL (v_known)
        ORDER BY q.at
        LIMIT p_most
        FOR UPDATE SKIP LOCKED
    ) AS old;
    PERFORM release_from_quarantine(v_arrivals);
    RETURN QUERY
    WITH others AS (
        DELETE FROM quarantine AS gone
        USING (
            SELECT quarantine_id
            FROM quarantine
            WHERE reason <> 'unknown_asset' AND last_seen < p_now - v_rules.keep_quarantine
            ORDER BY last_seen
            LIMIT p_most
            FOR UPDATE SKIP LOCKED
        ) AS old
        WHERE gone.quarantine_id = old.quarantine_id
        RETURNING gone.reason, gone.count, gone.readings
    ),
    went AS (
        SELECT 'unknown_asset' AS reason, cardinality(v_arrivals)::bigint AS messages, v_readings AS readings
        WHERE v_arrivals IS NOT NULL
        UNION ALL
        SELECT reason, sum(count)::bigint, sum(readings)::bigint FROM others GROUP BY reason
    ),
    noted AS (
        INSERT INTO quarantine_expired AS held (reason, messages, readings, first_at, last_at)
        SELECT reason, messages, readings, p_now, p_now FROM went
        ON CONFLICT (reason) DO UPDATE
        SET
            messages = held.messages + excluded.messages, readings = held.readings + excluded.readings,
            last_at = greatest(held.last_at, excluded.last_at)
    )
    SELECT reason, messages, readings FROM went;
END
$$;
