-- Delete estimates of remaining life that are older than the rules keep them, but for the last of each machine, and wear
-- as old as the scores that have gone; return how many rows went. Orders keep a copy of their estimate.
CREATE OR REPLACE FUNCTION drop_expired_remaining(p_now timestamptz)
RETURNS bigint
LANGUAGE sql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    WITH estimates AS (
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
    SELECT (SELECT count(*) FROM estimates) + (SELECT count(*) FROM worn)
$$;
