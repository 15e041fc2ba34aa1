-- Forget what was told of remaining life longer ago than the rules keep it, but for the last word on each machine, and
-- wear as old as the scores that have gone; return how many rows went. Orders hold what they were told themselves.
CREATE OR REPLACE FUNCTION drop_expired_remaining(p_now timestamptz)
RETURNS bigint
LANGUAGE sql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    WITH told AS (
        DELETE FROM remaining_life AS r
        USING asset AS a, upkeep AS u
        WHERE r.asset_id = a.asset_id
            AND r.time < p_now - u.keep_remaining
            AND EXISTS (
                SELECT FROM remaining_life AS later
                WHERE later.asset_id = r.asset_id
                    AND later.installation_id = r.installation_id
                    AND later.time > r.time
            )
        RETURNING 1
    ),
    worn AS (
        DELETE FROM wear AS h
        USING asset AS a, upkeep AS u
        WHERE h.asset_id = a.asset_id AND h.time < p_now - u.keep_scores
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM told) + (SELECT count(*) FROM worn)
$$;
