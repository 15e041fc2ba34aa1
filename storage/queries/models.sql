-- name: installations
-- What may be trained: open installations, asked for or with something declared healthy.
SELECT
    installation.installation_id,
    asset.asset_id,
    site.tag AS site,
    asset.tag AS asset
FROM installation
JOIN asset USING (asset_id)
JOIN site USING (site_id)
WHERE installation.installed_to IS NULL
    AND (%(asset_ids)s::integer[] IS NULL OR asset.asset_id = ANY (%(asset_ids)s::integer[]))
    AND (
        %(asset_ids)s::integer[] IS NOT NULL
        OR EXISTS (
            SELECT FROM healthy_interval WHERE healthy_interval.installation_id = installation.installation_id
        )
    )
ORDER BY site.tag, asset.tag;

-- name: asset_of
-- The asset of a site by its tag.
SELECT asset.asset_id
FROM asset
JOIN site USING (site_id)
WHERE site.tag = %(site)s
    AND asset.tag = %(asset)s;

-- name: signals
-- The signals of an asset, in the register's order.
SELECT signal_id, key, unit, role
FROM signal
WHERE asset_id = %(asset_id)s
ORDER BY position, signal_id;

-- name: hold
-- Hold an installation, so that its versions are counted one after another.
SELECT installation_id
FROM installation
WHERE installation_id = %(installation_id)s
FOR UPDATE;

-- name: next_version
-- The version after the last one of this installation and kind.
SELECT coalesce(max(version), 0) + 1 AS version
FROM model
WHERE installation_id = %(installation_id)s
    AND kind = %(kind)s;

-- name: retire
-- Retire what is champion of an installation.
UPDATE model
SET state = 'retired'
WHERE installation_id = %(installation_id)s
    AND kind = %(kind)s
    AND state = 'champion';

-- name: add
-- Store a trained model.
INSERT INTO model (
    installation_id, kind, version, state, signal_ids, data_from, data_to, data_rows, data_sha256,
    libraries, figures, artifact, trained_by, trained_at
)
VALUES (
    %(installation_id)s, %(kind)s, %(version)s, %(state)s, %(signal_ids)s, %(data_from)s, %(data_to)s,
    %(data_rows)s, %(data_sha256)s, %(libraries)s, %(figures)s, %(artifact)s, %(trained_by)s, %(trained_at)s
)
RETURNING model_id;

-- name: promote
-- Make a challenger the champion.
UPDATE model
SET state = 'champion'
WHERE model_id = %(model_id)s
    AND state = 'challenger';

-- name: load
-- One stored model with the asset it belongs to.
SELECT
    model.model_id, model.installation_id, model.kind, model.version, model.state, model.data_from, model.data_to,
    model.data_rows, model.data_sha256, model.libraries, model.figures, model.artifact, model.trained_by,
    model.trained_at, asset.asset_id, asset.tag AS asset
FROM model
JOIN installation USING (installation_id)
JOIN asset USING (asset_id)
WHERE model.model_id = %(model_id)s;

-- name: model_signals
-- The signals of a model, in the order of its columns.
SELECT signal.signal_id, signal.key, signal.unit, signal.role
FROM model
CROSS JOIN LATERAL unnest(model.signal_ids) WITH ORDINALITY AS used (signal_id, place)
JOIN signal ON signal.signal_id = used.signal_id
WHERE model.model_id = %(model_id)s
ORDER BY used.place;

-- name: history
-- Every model of an asset, newest first, without its bytes.
SELECT
    model.model_id, model.installation_id, model.kind, model.version, model.state, model.data_from, model.data_to,
    model.data_rows, model.trained_by, model.trained_at
FROM model
JOIN installation USING (installation_id)
WHERE installation.asset_id = %(asset_id)s
ORDER BY model.trained_at DESC, model.model_id DESC;

-- name: load_many
-- Several stored models, each with the asset it belongs to.
SELECT
    model.model_id, model.installation_id, model.kind, model.version, model.state, model.data_from, model.data_to,
    model.data_rows, model.data_sha256, model.libraries, model.figures, model.artifact, model.trained_by,
    model.trained_at, asset.asset_id, asset.tag AS asset
FROM model
JOIN installation USING (installation_id)
JOIN asset USING (asset_id)
WHERE model.model_id = ANY (%(model_ids)s::integer[])
ORDER BY model.model_id;

-- name: signals_of_many
-- The signals of several models, each in the order of its columns.
SELECT model.model_id, signal.signal_id, signal.key, signal.unit, signal.role
FROM model
CROSS JOIN LATERAL unnest(model.signal_ids) WITH ORDINALITY AS used (signal_id, place)
JOIN signal ON signal.signal_id = used.signal_id
WHERE model.model_id = ANY (%(model_ids)s::integer[])
ORDER BY model.model_id, used.place;
