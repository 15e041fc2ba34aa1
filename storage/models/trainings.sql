-- name: ask
-- Ask for the training of a machine; no row where it waits for training already.
INSERT INTO training (installation_id, batch, succession, asked_by, asked_at)
VALUES (%(installation_id)s, %(batch)s, %(succession)s, %(asked_by)s, %(at)s)
ON CONFLICT (installation_id) WHERE state = 'queued' DO NOTHING
RETURNING training_id;

-- name: get
-- One training that was asked for.
SELECT training_id, installation_id, batch, succession, asked_by, asked_at, state, outcome, model_id, finished_at
FROM training
WHERE training_id = %(training_id)s;

-- name: finish
-- Say what came of a training, once.
UPDATE training
SET
    state = %(state)s,
    outcome = %(outcome)s,
    model_id = %(model_id)s,
    finished_at = %(at)s
WHERE training_id = %(training_id)s
    AND state = 'queued';

-- name: of_batch
-- How many trainings that were asked for together stand in which state.
SELECT state, count(*) AS count
FROM training
WHERE batch = %(batch)s
GROUP BY state;

-- name: outcomes
-- What came of trainings that were asked for together, by asset.
SELECT s.tag AS site, a.tag AS asset, t.state, t.outcome, m.version, m.state AS model_state
FROM training AS t
JOIN installation AS i USING (installation_id)
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
LEFT JOIN model AS m USING (model_id)
WHERE t.batch = %(batch)s
ORDER BY s.tag, a.tag;
