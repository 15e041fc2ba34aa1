-- name: site
-- The one site.
INSERT INTO site (tag, name) VALUES ('bench', 'Bench');

-- name: asset_class
-- The one class.
INSERT INTO asset_class (tag, name) VALUES ('bench', 'Bench');

-- name: assets
-- Machines alike.
INSERT INTO asset (site_id, class_id, tag, name)
SELECT site_id, class_id, 'A-' || lpad(n::text, 5, '0'), ''
FROM site, asset_class, generate_series(1, %(assets)s) AS n
ORDER BY n;

-- name: installations
-- A machine at each.
INSERT INTO installation (asset_id)
SELECT asset_id
FROM asset
ORDER BY asset_id;

-- name: signals
-- The same signals for each.
INSERT INTO signal (asset_id, key, unit, position)
SELECT asset_id, 'signal_' || lpad(n::text, 2, '0'), '', n
FROM asset, generate_series(1, %(signals)s) AS n
ORDER BY asset_id, n;

-- name: cast
-- The signals of each asset.
SELECT asset_id, array_agg(signal_id ORDER BY position) AS signal_ids
FROM signal
GROUP BY asset_id
ORDER BY asset_id;

-- name: models
-- A model for each machine, all with the same bytes.
INSERT INTO model (
    installation_id, kind, version, state, signal_ids, data_from, data_to, data_rows, data_sha256, libraries, artifact,
    trained_by, trained_at
)
SELECT
    installation.installation_id, 'condition', 1, 'champion', used.signal_ids, %(at)s, %(at)s, 0, '',
    jsonb_object(%(names)s::text[], %(versions)s::text[]), %(artifact)s, 'bench', %(at)s
FROM installation
JOIN (
    SELECT asset_id, array_agg(signal_id ORDER BY position) AS signal_ids
    FROM signal
    GROUP BY asset_id
) AS used USING (asset_id)
ORDER BY installation.installation_id;

-- name: scoring
-- Every asset is scored until one instant.
INSERT INTO scoring (asset_id, model_id, watermark, state)
SELECT installation.asset_id, model.model_id, %(watermark)s, %(state)s
FROM model
JOIN installation USING (installation_id);

-- name: latest
-- What every signal said last.
INSERT INTO latest AS held (signal_id, time, value, flags, stored_at)
SELECT signal_id, 'epoch'::timestamptz + %(newest_us)s::bigint * interval '1 microsecond', 0, 0, %(stored_at)s
FROM signal
ORDER BY signal_id
ON CONFLICT (signal_id) DO UPDATE
SET time = excluded.time, stored_at = excluded.stored_at;

-- name: copy_out
-- Every reading of a stretch of time, bare.
COPY (
    SELECT time, signal_id, value
    FROM reading
    WHERE time > 'epoch'::timestamptz + %(after_us)s::bigint * interval '1 microsecond'
        AND time <= 'epoch'::timestamptz + %(until_us)s::bigint * interval '1 microsecond'
) TO STDOUT (FORMAT BINARY);

-- name: limit
-- An upper limit of the first signal of each machine.
UPDATE signal
SET high = %(high)s
WHERE position = 1;

-- name: is_scored
-- Whether anything was scored.
SELECT EXISTS (SELECT FROM score) AS scored;

-- name: findings
-- What was found of machines by their models, and by limits.
SELECT finding.finding_id::text AS finding_id, split_part(asset.tag, '-', 2)::integer AS place, finding.source, finding.onset
FROM finding
JOIN asset USING (asset_id)
WHERE finding.kind IN ('condition', 'limit');

-- name: scores
-- A score of every machine's model, at one instant.
INSERT INTO score (asset_id, time, model_id, score_max, score_last)
SELECT installation.asset_id, %(at)s, model.model_id, 0.1, 0.1
FROM model
JOIN installation USING (installation_id);

-- name: sessions
-- The processes of the sessions that this database has.
SELECT pid
FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid();
