-- Logins of Grafana and the like: members of assetloop_grafana that are neither administrators nor processes of ours.
-- `may_be_ended`: the owner of the record sees what they do and may end it, being a member of the login.
CREATE OR REPLACE VIEW viewer_login AS
SELECT r.oid AS role, r.rolname AS login, pg_has_role('assetloop_owner', r.oid, 'USAGE') AS may_be_ended
FROM pg_roles AS r
WHERE r.rolcanlogin
    AND pg_has_role(r.oid, 'assetloop_grafana', 'MEMBER')
    AND NOT pg_has_role(r.oid, 'assetloop_owner', 'MEMBER')
    AND NOT pg_has_role(r.oid, 'assetloop_app', 'MEMBER')
    AND r.rolname <> 'assetloop_grafana';

-- End the sessions of viewers whose query, or transaction, has taken longer than they have; return whose and how long.
-- A login may raise its own statement_timeout, and catch the cancelling of a query: the end of its session it cannot.
CREATE OR REPLACE FUNCTION end_long_viewers(p_longest interval)
RETURNS TABLE (login text, took_s double precision)
LANGUAGE sql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    WITH long AS MATERIALIZED (  -- who is ended is decided before anybody is
        SELECT v.login, a.pid, extract(epoch FROM clock_timestamp() - least(a.query_start, a.xact_start)) AS took_s
        FROM viewer_login AS v
        JOIN pg_stat_activity AS a ON a.usesysid = v.role
        WHERE v.may_be_ended
            AND a.datname = current_database()
            AND a.state <> 'idle'
            AND least(a.query_start, a.xact_start) < clock_timestamp() - p_longest
    )
    SELECT long.login::text, long.took_s::double precision
    FROM long
    WHERE pg_terminate_backend(long.pid)
$$;
