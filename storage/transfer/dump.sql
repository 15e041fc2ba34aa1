-- name: snapshot
-- A snapshot that another session can read by.
SELECT pg_export_snapshot() AS snapshot;

-- name: tables
-- Every table of ours, with the statement that counts and digests its rows, whatever their order.
SELECT
    c.relname AS name,
    format(
        'SELECT count(*) AS rows, coalesce(sum(hash_record_extended(t, 0)::numeric), 0)::text AS digest FROM %%I.%%I AS t',
        n.nspname, c.relname
    ) AS statement
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = 'public'
    AND c.relkind IN ('r', 'p')
    AND NOT c.relispartition
    AND c.relowner = 'assetloop_owner'::regrole
ORDER BY c.relname;

-- name: is_empty
-- Whether this database holds nothing yet, but for what an extension brought.
SELECT NOT EXISTS (
    SELECT
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('public', 'watch')
        AND c.relkind IN ('r', 'p', 'v', 'm')
        AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
) AS empty;

-- name: unknown_settings
-- Which of these settings the server does not know.
SELECT asked.name
FROM unnest(%(names)s::text[]) AS asked (name)
WHERE current_setting(asked.name, true) IS NULL;

-- name: pre_restore
-- Let TimescaleDB stand aside while its own tables are filled.
SELECT timescaledb_pre_restore();

-- name: post_restore
-- Let TimescaleDB take up its work again.
SELECT timescaledb_post_restore();
