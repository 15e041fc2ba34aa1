-- name: settle
-- Do what autovacuum does by and by: let the planner know what there is, and sum up indexes.
VACUUM (ANALYZE) reading;

-- name: refresh
-- Make the roll-ups of a stretch anew, as TimescaleDB's policies do by and by.
SELECT format('CALL refresh_continuous_aggregate(%%L, %%L, %%L)', rollup, NULL, NULL) AS statement
FROM unnest('{reading_1m, reading_1h, reading_1d}'::text[]) AS level (rollup);

-- name: chunks
-- The chunks of readings that are not compressed yet.
SELECT format('%%I.%%I', chunk_schema, chunk_name) AS chunk
FROM timescaledb_information.chunks
WHERE hypertable_schema = 'public' AND hypertable_name = 'reading' AND NOT is_compressed
ORDER BY range_start;

-- name: compress
-- Compress one chunk, as TimescaleDB's policy does once it is older than the longest outage.
SELECT compress_chunk(%(chunk)s::regclass);

-- name: plain_bytes
-- What readings take up with their index, on plain PostgreSQL.
SELECT sum(pg_total_relation_size(inhrelid))::bigint AS bytes
FROM pg_inherits
WHERE inhparent = 'reading'::regclass;

-- name: timescale_bytes
-- What readings take up with their index, on TimescaleDB.
SELECT hypertable_size('reading')::bigint AS bytes;

-- name: register
-- Register assets and their signals, asset by asset.
WITH place AS (
    INSERT INTO site (tag, name) VALUES ('bench', 'Bench') RETURNING site_id
),
kind AS (
    INSERT INTO asset_class (tag, name) VALUES ('bench', 'Bench') RETURNING class_id
),
machine AS (
    INSERT INTO asset (site_id, class_id, tag, name)
    SELECT place.site_id, kind.class_id, 'A-' || n, 'Asset ' || n
    FROM place, kind, generate_series(1, %(assets)s) AS n
    ORDER BY n
    RETURNING asset_id
)
INSERT INTO signal (asset_id, key, name, position)
SELECT machine.asset_id, 's' || n, 'Signal ' || n, n
FROM machine, generate_series(1, %(signals)s) AS n
ORDER BY machine.asset_id, n;
