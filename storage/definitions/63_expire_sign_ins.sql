-- Delete attempts to sign in that are older than the rules keep them, and what was valid once and is long over: delays,
-- links, confirmations, sign-ins at a provider, answers under a key, and changes that were told live.
-- Sessions stay: they say who opened what, and hold no secret.
CREATE OR REPLACE FUNCTION drop_expired_sign_ins(p_now timestamptz)
RETURNS bigint
LANGUAGE sql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    WITH attempts AS (
        DELETE FROM sign_in_attempt AS a
        USING upkeep AS u
        WHERE a.minute < p_now - u.keep_sign_ins
        RETURNING 1
    ),
    delays AS (
        DELETE FROM sign_in_delay AS d
        WHERE d.last_at < p_now - interval '2 days' AND d.until < p_now
        RETURNING 1
    ),
    links AS (
        DELETE FROM one_time_link AS o
        WHERE o.expires_at < p_now - interval '30 days'
        RETURNING 1
    ),
    confirmations AS (
        DELETE FROM confirmation AS c
        WHERE c.expires_at < p_now - interval '30 days'
        RETURNING 1
    ),
    providers AS (
        DELETE FROM provider_sign_in AS p
        WHERE p.expires_at < p_now - interval '1 day'
        RETURNING 1
    ),
    requests AS (
        DELETE FROM idempotent_request AS r
        WHERE r.began < p_now - interval '1 day'
        RETURNING 1
    ),
    changes AS (
        DELETE FROM plant_change AS c
        WHERE c.at < p_now - interval '7 days'
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM attempts) + (SELECT count(*) FROM delays) + (SELECT count(*) FROM links)
        + (SELECT count(*) FROM confirmations) + (SELECT count(*) FROM providers)
        + (SELECT count(*) FROM requests) + (SELECT count(*) FROM changes)
$$;
