-- name: applied
-- What has been applied, oldest first.
SELECT name, sha256
FROM schema_migration
ORDER BY name;

-- name: remember
-- Remember one applied file, or the form of it that another grade wants.
INSERT INTO schema_migration (name, sha256)
VALUES (%(name)s, %(sha256)s)
ON CONFLICT (name) DO UPDATE SET sha256 = excluded.sha256;

-- name: server
-- What server this is and what it could have.
SELECT
    current_setting('server_version_num')::integer AS version,
    current_setting('server_version') AS version_text,
    (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb') AS timescale,
    (SELECT default_version FROM pg_available_extensions WHERE name = 'timescaledb') AS timescale_available,
    current_setting('timescaledb.license', true) AS license,
    current_setting('timescaledb.disable_load', true) IS NOT NULL AS preloaded,
    to_regclass('public.schema_migration') IS NOT NULL AS migrated,
    to_regclass('public.deployment') IS NOT NULL AS settled;

-- name: deployment
-- The identity of this deployment.
SELECT installation, grade
FROM deployment;

-- name: settle
-- Write the identity once; the grade as often as it changes.
INSERT INTO deployment (installation, grade)
VALUES (%(installation)s, %(grade)s)
ON CONFLICT (only_row) DO UPDATE SET grade = excluded.grade;

-- name: settle_rules
-- Write the rules by which the record is kept.
INSERT INTO upkeep (
    chunk, partition, longest_outage, keep_raw, keep_minutes, keep_hours, keep_scores, keep_deliveries,
    keep_strangers, keep_quarantine, keep_remaining, keep_sign_ins
)
VALUES (
    %(chunk)s, %(partition)s, %(longest_outage)s, %(keep_raw)s, %(keep_minutes)s, %(keep_hours)s, %(keep_scores)s,
    %(keep_deliveries)s, %(keep_strangers)s, %(keep_quarantine)s, %(keep_remaining)s, %(keep_sign_ins)s
)
ON CONFLICT (only_row) DO UPDATE
SET
    chunk = excluded.chunk, partition = excluded.partition, longest_outage = excluded.longest_outage, keep_raw = excluded.keep_raw,
    keep_minutes = excluded.keep_minutes, keep_hours = excluded.keep_hours, keep_scores = excluded.keep_scores,
    keep_deliveries = excluded.keep_deliveries, keep_strangers = excluded.keep_strangers,
    keep_quarantine = excluded.keep_quarantine, keep_remaining = excluded.keep_remaining,
    keep_sign_ins = excluded.keep_sign_ins;

-- name: roles_serve
-- Whether the roles are such that a member of the owner can go on with them.
SELECT
    count(*) = 4
        AND bool_or(rolname = 'assetloop_owner' AND pg_has_role(oid, 'MEMBER'))
        AND (NOT %(community)s OR bool_or(rolname = 'assetloop_owner' AND rolcanlogin)) AS serve
FROM pg_roles
WHERE rolname IN ('assetloop_owner', 'assetloop_ingest', 'assetloop_app', 'assetloop_grafana');

-- name: membership
-- What lets this login speak as the product's roles, once they are there.
SELECT format('GRANT assetloop_owner, assetloop_ingest, assetloop_app, assetloop_grafana TO %%I;', session_user)
    AS statement;

-- name: holders
-- Who holds locks on our tables and views, the longest at it first.
SELECT DISTINCT a.pid, coalesce(nullif(a.application_name, ''), 'a session') AS application,
    coalesce(a.usename, '?') AS login
FROM pg_locks AS l
JOIN pg_class AS c ON c.oid = l.relation
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_stat_activity AS a ON a.pid = l.pid
WHERE l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND l.granted
    AND l.pid <> pg_backend_pid()
    AND n.nspname IN ('public', 'watch')
ORDER BY a.pid;

-- name: drop_views
-- The statement that drops our views of schema watch; no row where there are none.
SELECT 'DROP VIEW ' || string_agg(format('%%I.%%I', n.nspname, c.relname), ', ') AS statement
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = 'watch'
    AND c.relkind = 'v'
    AND c.relowner = current_user::regrole
HAVING count(*) > 0;
