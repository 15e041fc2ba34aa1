-- name: snapshot
-- A snapshot that another session can read by.
SELECT pg_export_snapshot() AS snapshot;

-- name: tables
-- Every table of ours, with the statement that counts and digests its rows, whatever their order. PostgreSQL has no hash of
-- a tsvector: a row that holds one is digested with its text.
SELECT
    c.relname AS name,
    format(
        'SELECT count(*) AS rows, coalesce(sum(hash_record_extended(%%s, 0)::numeric), 0)::text AS digest FROM %%I.%%I AS t',
        hashed.row, n.nspname, c.relname
    ) AS statement
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT
        CASE WHEN bool_or(a.atttypid = 'tsvector'::regtype)
            THEN format('ROW(%%s)', string_agg(
                format('t.%%I', a.attname) || CASE WHEN a.atttypid = 'tsvector'::regtype THEN '::text' ELSE '' END,
                ', ' ORDER BY a.attnum
            ))
            ELSE 't'
        END AS row
    FROM pg_attribute AS a
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
) AS hashed
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
