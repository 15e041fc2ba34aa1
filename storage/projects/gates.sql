-- name: settle_gate
-- Let a gate be passed or waived, once.
INSERT INTO project_gate (project_id, gate, outcome, at, actor, person, recognised, note, evidence)
VALUES (
    %(project_id)s, %(gate)s, %(outcome)s, %(at)s, %(actor)s, %(person)s, %(recognised)s, %(note)s, %(evidence)s
);

-- name: gates
-- The gates that are passed or waived.
SELECT gate, outcome, at, actor, person, recognised, note, evidence
FROM project_gate
WHERE project_id = %(project_id)s;

-- name: sign
-- Keep a signature.
INSERT INTO project_signature (
    project_id, gate, side, person, signed_by, recognised, signed_at, manifest_sha256, manifest
)
VALUES (
    %(project_id)s, %(gate)s, %(side)s, %(person)s, %(signed_by)s, %(recognised)s, %(at)s, %(manifest_sha256)s,
    %(manifest)s
);

-- name: signatures
-- Every signature, those that were voided too, in order.
SELECT
    signature_id, gate, side, person, signed_by, recognised, signed_at, manifest_sha256, manifest, voided_at,
    voided_because
FROM project_signature
WHERE project_id = %(project_id)s
ORDER BY signature_id;

-- name: void
-- Void a signature, and say what changed.
UPDATE project_signature
SET voided_at = %(at)s, voided_because = %(because)s
WHERE signature_id = %(signature_id)s AND voided_at IS NULL;
