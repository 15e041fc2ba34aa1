-- One login for each process, with the password that the environment names. Run by the superuser with psql, after the
-- product's roles exist; running it again only sets the passwords anew.
SET client_min_messages = warning;
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
SET log_min_duration_statement = -1;

\getenv migrate_password MIGRATE_PASSWORD
\getenv ingest_password INGEST_PASSWORD
\getenv score_password SCORE_PASSWORD
\getenv desk_password DESK_PASSWORD
\getenv work_password WORK_PASSWORD
\getenv serve_password SERVE_PASSWORD
\getenv dashboards_password DASHBOARDS_PASSWORD
\getenv grafana_password GRAFANA_PASSWORD

BEGIN;
CREATE TEMPORARY TABLE account (login text, speaks_as text, password text) ON COMMIT DROP;
INSERT INTO account VALUES
    ('assetloop_login_migrate', 'assetloop_owner', :'migrate_password'),
    ('assetloop_login_ingest', 'assetloop_ingest', :'ingest_password'),
    ('assetloop_login_score', 'assetloop_app', :'score_password'),
    ('assetloop_login_desk', 'assetloop_app', :'desk_password'),
    ('assetloop_login_work', 'assetloop_app', :'work_password'),
    ('assetloop_login_serve', 'assetloop_app', :'serve_password'),
    ('assetloop_login_dashboards', 'assetloop_app', :'dashboards_password'),
    ('assetloop_login_grafana', 'assetloop_grafana', :'grafana_password');

SELECT format('CREATE ROLE %I', login)
FROM account
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = login)
\gexec

SELECT format('ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE INHERIT PASSWORD %L', login, password)
FROM account
\gexec

SELECT format('GRANT %I TO %I', speaks_as, login)
FROM account
\gexec

-- Serve takes telemetry in over HTTP, on connections that speak as ingest.
GRANT assetloop_ingest TO assetloop_login_serve;

-- Grafana lets a viewer send any SQL: it reads, briefly, from the views, on few connections.
ALTER ROLE assetloop_login_grafana CONNECTION LIMIT 20;
ALTER ROLE assetloop_login_grafana SET default_transaction_read_only = on;
ALTER ROLE assetloop_login_grafana SET statement_timeout = '15s';
ALTER ROLE assetloop_login_grafana SET search_path = watch, public;
-- Our queries are short: compiling them first takes longer than running them.
ALTER ROLE assetloop_login_grafana SET jit = off;
-- A login can raise its own limits: the product ends what goes on for longer, and for that must see it.
GRANT assetloop_login_grafana TO assetloop_owner;

-- It has no use for waiting; nobody here has.
REVOKE EXECUTE ON FUNCTION pg_sleep(double precision), pg_sleep_for(interval), pg_sleep_until(timestamptz) FROM PUBLIC;

-- PostgreSQL lets every login fill the disk with large objects, even in a read-only transaction before 16, and write
-- into its log of changes. The product has neither. Locks by number could hold its processes up: they are for these.
SELECT format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', oid::regprocedure)
FROM pg_proc
WHERE pronamespace = 'pg_catalog'::regnamespace
    AND (proname ~ '^(lo_|loread|lowrite)' OR proname = 'pg_logical_emit_message' OR proname ~ '^pg_(try_)?advisory_')
\gexec

SELECT format('GRANT EXECUTE ON FUNCTION %s TO assetloop_owner, assetloop_app, assetloop_ingest', oid::regprocedure)
FROM pg_proc
WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ '^pg_(try_)?advisory_'
\gexec

SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database())
UNION ALL
SELECT format('GRANT TEMPORARY ON DATABASE %I TO assetloop_ingest', current_database())
UNION ALL
SELECT format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), login)
FROM account
\gexec
COMMIT;
