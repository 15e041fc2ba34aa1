-- name: applied
-- What has been applied, oldest first.
SELECT name, sha256
FROM schema_migration
ORDER BY name;

-- name: remember
-- Remember one applied file.
INSERT INTO schema_migration (name, sha256)
VALUES (%(name)s, %(sha256)s);

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
    (SELECT array_agg(rolname ORDER BY rolname) FROM pg_roles WHERE rolname LIKE 'assetloop\_%%') AS roles;

-- name: deployment
-- The identity of this deployment.
SELECT installation, grade
FROM deployment;

-- name: settle
-- Write the identity once; the grade as often as it changes.
INSERT INTO deployment (installation, grade)
VALUES (%(installation)s, %(grade)s)
ON CONFLICT (only_row) DO UPDATE SET grade = excluded.grade;

-- name: drop_views
-- The statement that drops our views of schema watch; no row where there are none.
SELECT 'DROP VIEW ' || string_agg(format('%%I.%%I', n.nspname, c.relname), ', ') AS statement
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = 'watch'
    AND c.relkind = 'v'
    AND c.relowner = current_user::regrole
HAVING count(*) > 0;
