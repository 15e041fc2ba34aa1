-- name: record
-- Open, revise or clear an episode; each time it is written its revision counts up. What is suppressed by design says
-- why; an episode that clears is what it was before, so that one that ends with the work does not come up after it.
INSERT INTO finding (
    finding_id, asset_id, kind, failure_mode, source, source_version, onset, updated, cleared,
    severity, severity_now, score, shares, window_from, window_to, quality, elsewhere, revision, suppressed,
    line
)
VALUES (
    %(finding_id)s, %(asset_id)s, %(kind)s, %(failure_mode)s, %(source)s, %(source_version)s, %(onset)s, %(updated)s,
    %(cleared)s, %(severity)s, %(severity_now)s, %(score)s, %(shares)s, %(window_from)s, %(window_to)s, %(quality)s,
    %(elsewhere)s, 1,
    suppression_of(%(asset_id)s, %(source)s, %(updated)s),
    coalesce((SELECT line FROM scoring WHERE scoring.asset_id = %(asset_id)s), 1)
)
ON CONFLICT (finding_id) DO UPDATE
SET
    failure_mode = excluded.failure_mode,
    updated = excluded.updated,
    cleared = excluded.cleared,
    severity = excluded.severity,
    severity_now = excluded.severity_now,
    score = excluded.score,
    shares = excluded.shares,
    window_to = excluded.window_to,
    quality = excluded.quality,
    elsewhere = excluded.elsewhere,
    suppressed = CASE WHEN excluded.cleared IS NULL THEN excluded.suppressed ELSE finding.suppressed END,
    revision = finding.revision + 1
RETURNING revision;

-- name: clear_all_of
-- Clear all open findings of a source at an asset, of any kind, each at the last instant it was seen.
UPDATE finding
SET
    cleared = updated,
    revision = revision + 1
WHERE asset_id = %(asset_id)s
    AND source = %(source)s
    AND cleared IS NULL;

-- name: list
-- Findings of an asset or of all, the newest first.
SELECT
    f.finding_id, f.asset_id, s.tag AS site, a.tag AS asset, f.kind, f.failure_mode, f.source, f.source_version,
    f.onset, f.updated, f.cleared, f.severity, f.score, f.suppressed, f.revision, f.elsewhere
FROM finding AS f
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
WHERE (%(asset_id)s::integer IS NULL OR f.asset_id = %(asset_id)s)
    AND (NOT %(open_only)s OR f.cleared IS NULL)
    AND (NOT %(suppressed_only)s OR f.suppressed IS NOT NULL)
    AND (%(after_at)s::timestamptz IS NULL OR (f.onset, f.finding_id) < (%(after_at)s, %(after_id)s::uuid))
ORDER BY f.onset DESC, f.finding_id DESC
LIMIT %(most)s;
