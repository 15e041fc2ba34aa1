-- name: raise
-- Propose the retraining of a machine; no row where the same is proposed already.
INSERT INTO proposal (installation_id, asset_id, reason, evidence, data_from, data_to, raised_at)
VALUES (%(installation_id)s, %(asset_id)s, %(reason)s, %(evidence)s, %(data_from)s, %(data_to)s, %(at)s)
ON CONFLICT (installation_id, reason) WHERE state = 'open' DO NOTHING
RETURNING proposal_id;

-- name: lock
-- One proposal, locked until the transaction ends.
SELECT
    p.proposal_id, p.installation_id, p.asset_id, s.tag AS site, a.tag AS asset, p.reason, p.evidence, p.data_from,
    p.data_to, p.state, p.raised_at, p.decided_at, p.decided_by, p.note, p.training_id
FROM proposal AS p
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
WHERE p.proposal_id = %(proposal_id)s
FOR UPDATE OF p;

-- name: decide
-- Say what a person decided about an open proposal.
UPDATE proposal
SET
    state = %(state)s,
    decided_at = %(at)s,
    decided_by = %(by)s,
    note = %(note)s,
    training_id = %(training_id)s
WHERE proposal_id = %(proposal_id)s
    AND state = 'open';

-- name: supersede
-- End the open proposals of an asset: a new model is in charge, or another machine was installed.
UPDATE proposal
SET
    state = 'superseded',
    decided_at = %(at)s,
    decided_by = %(by)s
WHERE asset_id = %(asset_id)s
    AND state = 'open';

-- name: list
-- Proposals, the newest first, with what came of the training of those accepted.
SELECT
    p.proposal_id, p.installation_id, p.asset_id, s.tag AS site, a.tag AS asset, p.reason, p.evidence, p.data_from,
    p.data_to, p.state, p.raised_at, p.decided_at, p.decided_by, p.note, p.training_id, t.state AS training_state,
    t.outcome AS training_outcome, t.model_id
FROM proposal AS p
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
LEFT JOIN training AS t USING (training_id)
WHERE (NOT %(open_only)s OR p.state = 'open')
    AND (%(asset_id)s::integer IS NULL OR p.asset_id = %(asset_id)s)
    AND (%(proposal_id)s::integer IS NULL OR p.proposal_id = %(proposal_id)s)
    AND (%(after_at)s::timestamptz IS NULL OR (p.raised_at, p.proposal_id) < (%(after_at)s, %(after_id)s::bigint))
ORDER BY p.raised_at DESC, p.proposal_id DESC
LIMIT %(most)s;

-- name: last_decided
-- When the same was last proposed for a machine and decided.
SELECT max(decided_at) AS at
FROM proposal
WHERE installation_id = %(installation_id)s
    AND reason = %(reason)s
    AND state <> 'open';

-- name: is_under_way
-- Whether a machine has an open proposal, waits for training, or has a challenger that waits to be promoted.
SELECT
    EXISTS (
        SELECT
        FROM proposal
        WHERE installation_id = %(installation_id)s
            AND state = 'open'
    )
    OR EXISTS (
        SELECT
        FROM training
        WHERE installation_id = %(installation_id)s
            AND state = 'queued'
    )
    OR EXISTS (
        SELECT
        FROM model
        WHERE installation_id = %(installation_id)s
            AND state = 'challenger'
    ) AS standing;
