-- name: lock_installation
-- Lock an installation, so that its versions are counted one after another.
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
-- Retire what is champion, or challenger, of an installation.
UPDATE model
SET
    state = 'retired',
    retired_at = %(at)s
WHERE installation_id = %(installation_id)s
    AND kind = %(kind)s
    AND state = %(state)s
RETURNING model_id;

-- name: add
-- Store a trained model.
INSERT INTO model (
    installation_id, kind, version, state, signal_ids, data_from, data_to, data_rows, data_sha256,
    libraries, figures, artifact, trained_by, trained_at, line, reference, promoted_at
)
VALUES (
    %(installation_id)s, %(kind)s, %(version)s, %(state)s, %(signal_ids)s, %(data_from)s, %(data_to)s,
    %(data_rows)s, %(data_sha256)s, %(libraries)s, %(figures)s, %(artifact)s, %(trained_by)s, %(trained_at)s,
    %(line)s, %(reference)s, %(promoted_at)s
)
RETURNING model_id;

-- name: promote
-- Make a model the champion.
UPDATE model
SET
    state = 'champion',
    promoted_at = %(at)s,
    retired_at = NULL
WHERE model_id = %(model_id)s;

-- name: step_back
-- Make a champion that is rolled back a challenger again, so that it is not what a further rollback goes to.
UPDATE model
SET
    state = 'challenger',
    promoted_at = NULL
WHERE model_id = %(model_id)s;

-- name: champion_before
-- The model that was champion of an installation before the present one.
SELECT model_id
FROM model
WHERE installation_id = %(installation_id)s
    AND kind = %(kind)s
    AND state = 'retired'
    AND promoted_at IS NOT NULL
ORDER BY retired_at DESC, version DESC
LIMIT 1;

-- name: of_asset
-- The model in a state of what is installed at an asset.
SELECT m.model_id
FROM model AS m
JOIN installation AS i USING (installation_id)
WHERE i.asset_id = %(asset_id)s
    AND i.installed_to IS NULL
    AND m.kind = %(kind)s
    AND m.state = %(state)s;

-- name: never_moved
-- The signals that never moved while the model in charge of an asset was trained.
SELECT jsonb_array_elements_text(m.figures -> 'never_moved') AS key
FROM model AS m
JOIN installation AS i USING (installation_id)
WHERE i.asset_id = %(asset_id)s
    AND i.installed_to IS NULL
    AND m.state = 'champion'
    AND jsonb_typeof(m.figures -> 'never_moved') = 'array';

-- name: refuse
-- Remember why a model cannot be used; the first reason stays.
UPDATE model
SET refused = %(reason)s
WHERE model_id = %(model_id)s
    AND refused IS NULL;

-- name: move_line
-- Move a model's alarm line.
UPDATE model
SET line = %(line)s
WHERE model_id = %(model_id)s;

-- name: add_event
-- Write down what happened to a model.
INSERT INTO model_event (model_id, at, actor, event, detail)
VALUES (%(model_id)s, %(at)s, %(actor)s, %(event)s, %(detail)s);

-- name: events
-- All that happened to a model, oldest first.
SELECT at, actor, event, detail, recognised
FROM model_event
WHERE model_id = %(model_id)s
ORDER BY event_id;

-- name: load
-- One stored model with the asset it belongs to.
SELECT
    model.model_id, model.installation_id, model.kind, model.version, model.state, model.data_from, model.data_to,
    model.data_rows, model.data_sha256, model.libraries, model.figures, model.artifact, model.trained_by,
    model.trained_at, model.line, model.refused, asset.asset_id, asset.tag AS asset
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

-- name: reference
-- How a model's training data were distributed.
SELECT reference
FROM model
WHERE model_id = %(model_id)s;

-- name: list
-- Models without their bytes, by asset, the newest first: of some assets or of all, those in charge or all.
SELECT
    m.model_id, m.installation_id, i.installed_to IS NULL AS installed, a.asset_id, s.tag AS site, a.tag AS asset,
    c.tag AS asset_class, m.kind, m.version, m.state, m.data_from, m.data_to, m.data_rows,
    encode(m.data_sha256, 'hex') AS data_sha256, m.libraries, m.figures, m.line, m.refused, m.trained_by, m.trained_at,
    m.promoted_at, m.retired_at, octet_length(m.artifact) AS size_bytes
FROM model AS m
JOIN installation AS i USING (installation_id)
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
JOIN asset_class AS c USING (class_id)
WHERE (%(asset_ids)s::integer[] IS NULL OR a.asset_id = ANY (%(asset_ids)s))
    AND (%(model_id)s::integer IS NULL OR m.model_id = %(model_id)s)
    AND (NOT %(standing_only)s OR (i.installed_to IS NULL AND m.state <> 'retired'))
ORDER BY
    %(attention_first)s AND bool_or(m.state = 'challenger' OR m.refused IS NOT NULL) OVER (PARTITION BY a.asset_id) DESC,
    s.tag, a.tag, m.trained_at DESC, m.model_id DESC
LIMIT %(most)s;

-- name: standing
-- A page of the assets of whose installed machine a model is in charge or challenges, those that want attention first,
-- and how many there are in all; of those in whose tag a text stands.
SELECT a.asset_id, count(*) OVER () AS machines
FROM model AS m
JOIN installation AS i USING (installation_id)
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
WHERE i.installed_to IS NULL
    AND m.state <> 'retired'
    AND strpos(lower(a.tag), lower(%(text)s)) > 0
GROUP BY a.asset_id, s.tag
ORDER BY bool_or(m.state = 'challenger' OR m.refused IS NOT NULL) DESC, s.tag, a.tag
LIMIT %(most)s
OFFSET %(skip)s;

-- name: load_many
-- Several stored models, each with the asset it belongs to.
SELECT
    model.model_id, model.installation_id, model.kind, model.version, model.state, model.data_from, model.data_to,
    model.data_rows, model.data_sha256, model.libraries, model.figures, model.artifact, model.trained_by,
    model.trained_at, model.line, model.refused, asset.asset_id, asset.tag AS asset
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
