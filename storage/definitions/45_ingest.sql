-- What ingest slots and spools lag behind one another by at `p_now`, in seconds, at most 15 min: how late a reading may
-- come beside one that another slot has stored already. A slot that lost its holder counts from its last commit; one that
-- was given up had nothing more to store.
CREATE OR REPLACE FUNCTION ingest_spread_s(p_now timestamptz)
RETURNS double precision
LANGUAGE sql
STABLE
SET search_path = public, pg_temp
AS $$
    WITH behind AS (
        SELECT
            CASE
                WHEN lease_until >= p_now THEN lag_s
                ELSE greatest(lag_s, extract(epoch FROM p_now - last_commit))
            END AS lag_s
        FROM ingest_slot
        WHERE lease_until IS NOT NULL
        UNION ALL
        SELECT extract(epoch FROM p_now - oldest)
        FROM ingest_spool
        WHERE lease_until >= p_now
    )
    SELECT least(900, coalesce(max(lag_s) - min(lag_s), 0))
    FROM behind
$$;
