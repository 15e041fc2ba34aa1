-- name: unseen
-- Findings with a revision the desk has not seen; new ones first, then those it looked at longest ago.
SELECT f.finding_id
FROM finding AS f
LEFT JOIN finding_seen AS s USING (finding_id)
WHERE (s.revision IS NULL OR s.revision < f.revision)
    AND f.finding_id <> ALL (%(skip)s::uuid[])
ORDER BY s.seen_at NULLS FIRST, f.onset, f.finding_id
LIMIT %(most)s;

-- name: lock
-- Lock one finding that still has an unseen revision and that nobody else holds.
SELECT
    f.finding_id, f.asset_id, f.kind, f.failure_mode, f.source, f.source_version, f.onset, f.updated, f.cleared,
    f.severity, f.score, f.shares, f.window_from, f.window_to, f.quality, f.revision, f.suppressed
FROM finding AS f
LEFT JOIN finding_seen AS s USING (finding_id)
WHERE f.finding_id = %(finding_id)s AND (s.revision IS NULL OR s.revision < f.revision)
FOR UPDATE OF f SKIP LOCKED;

-- name: claim
-- Remember a revision as seen; no row where it, or a later one, was seen before.
INSERT INTO finding_seen AS seen (finding_id, revision, seen_at)
VALUES (%(finding_id)s, %(revision)s, %(at)s)
ON CONFLICT (finding_id) DO UPDATE
SET revision = excluded.revision, seen_at = excluded.seen_at
WHERE seen.revision < excluded.revision;

-- name: lock_asset
-- Let one transaction at a time decide about an asset's alerts and orders; telemetry and scoring go on.
SELECT a.asset_id, s.tag AS site, a.tag AS asset, a.name, c.tag AS asset_class
FROM asset AS a
JOIN site AS s USING (site_id)
JOIN asset_class AS c USING (class_id)
WHERE a.asset_id = %(asset_id)s
FOR NO KEY UPDATE OF a;
