-- name: record
-- Open, revise or clear an episode; each time it is written its revision counts up.
INSERT INTO finding (
    finding_id, asset_id, kind, failure_mode, source, source_version, onset, updated, cleared,
    severity, score, shares, window_from, window_to, quality, revision
)
VALUES (
    %(finding_id)s, %(asset_id)s, %(kind)s, %(failure_mode)s, %(source)s, %(source_version)s, %(onset)s, %(updated)s,
    %(cleared)s, %(severity)s, %(score)s, %(shares)s, %(window_from)s, %(window_to)s, %(quality)s, 1
)
ON CONFLICT (finding_id) DO UPDATE
SET
    failure_mode = excluded.failure_mode,
    updated = excluded.updated,
    cleared = excluded.cleared,
    severity = excluded.severity,
    score = excluded.score,
    shares = excluded.shares,
    window_to = excluded.window_to,
    quality = excluded.quality,
    revision = finding.revision + 1
RETURNING revision;

-- name: clear_open
-- Clear what stands open of an asset at the last instant it was seen.
UPDATE finding
SET
    cleared = updated,
    revision = revision + 1
WHERE asset_id = %(asset_id)s
    AND kind = %(kind)s
    AND source = %(source)s
    AND cleared IS NULL;
