-- Delete messages that went out, or ended otherwise, half a year ago and belong to a notice that has ended: who was told of
-- what. The notice stays. Return how many went.
CREATE OR REPLACE FUNCTION drop_expired_messages(p_now timestamptz)
RETURNS bigint
LANGUAGE sql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    WITH gone AS (
        DELETE FROM dispatch AS d
        USING notice AS n
        WHERE n.notice_id = d.notice_id
            AND d.created_at < p_now - interval '180 days'
            AND d.ended_at < p_now - interval '180 days'
            AND n.ended_at < p_now - interval '180 days'
        RETURNING 1
    )
    SELECT count(*) FROM gone
$$;
