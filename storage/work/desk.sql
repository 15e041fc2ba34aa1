-- name: due
-- Findings to look at: those with a revision the desk has not seen, new ones first, then those it looked at longest ago;
-- and those that waited and wait for nothing any more. What was silenced is looked at once the silence is over for a
-- while, so that what ends with it need not be told. What else is to be looked at of the same assets comes with them.
WITH waiting AS MATERIALIZED (
    SELECT d.finding_id, f.asset_id, s.seen_at, f.onset
    FROM finding_due AS d
    JOIN finding AS f USING (finding_id)
    LEFT JOIN finding_seen AS s USING (finding_id)
    UNION
    SELECT s.finding_id, f.asset_id, s.seen_at, f.onset
    FROM finding_seen AS s
    JOIN finding AS f USING (finding_id)
    WHERE s.waits IS NOT NULL
        AND (s.look_at IS NULL OR s.look_at <= %(now)s)
        AND (
            s.waits = 'off_delay'
            OR (
                suppression_of(f.asset_id, f.source, %(now)s) IS NULL
                AND suppression_of(f.asset_id, f.source, %(now)s - make_interval(secs => %(settle_s)s)) IS NULL
                AND shelved_until(f.asset_id, f.kind, %(now)s) IS NULL
            )
        )
),
ranked AS (
    SELECT
        finding_id, asset_id,
        row_number() OVER (ORDER BY seen_at NULLS FIRST, onset, finding_id) AS place
    FROM waiting
    WHERE finding_id <> ALL (%(skip)s::uuid[])
),
of_asset AS (
    SELECT finding_id, asset_id, place, min(place) OVER (PARTITION BY asset_id) AS first_of_asset
    FROM ranked
)
SELECT finding_id
FROM of_asset
ORDER BY first_of_asset, place
LIMIT %(most)s;

-- name: lock_assets
-- Lock the assets of some findings that nobody else decides about; telemetry and scoring go on.
SELECT a.asset_id, s.tag AS site, a.tag AS asset, a.name, c.tag AS asset_class
FROM asset AS a
JOIN site AS s USING (site_id)
JOIN asset_class AS c USING (class_id)
WHERE a.asset_id IN (SELECT f.asset_id FROM finding AS f WHERE f.finding_id = ANY (%(finding_ids)s::uuid[]))
ORDER BY a.asset_id
FOR NO KEY UPDATE OF a SKIP LOCKED;

-- name: lock
-- Lock findings of locked assets that nobody else holds, with why they waited and what silences them now.
SELECT
    f.finding_id, f.asset_id, f.kind, f.failure_mode, f.source, f.source_version, f.onset, f.updated, f.cleared,
    f.severity, f.severity_now, f.score, f.shares, f.window_from, f.window_to, f.quality, f.revision, f.suppressed,
    s.waits, s.look_at,
    suppression_of(f.asset_id, f.source, greatest(%(now)s, f.updated)) AS silence_now,
    suppression_of(f.asset_id, f.source, %(now)s - make_interval(secs => %(settle_s)s)) AS silence_before,
    shelved_until(f.asset_id, f.kind, %(now)s) AS shelved_until,
    f.source = 'model' AND is_relearning(f.asset_id, greatest(%(now)s, f.updated)) AS is_relearning
FROM finding AS f
LEFT JOIN finding_seen AS s USING (finding_id)
WHERE f.finding_id = ANY (%(finding_ids)s::uuid[])
    AND f.asset_id = ANY (%(asset_ids)s::integer[])
ORDER BY f.asset_id, f.onset, f.finding_id
FOR UPDATE OF f SKIP LOCKED;

-- name: claim
-- Remember revisions as seen; no row where it, or a later one, was seen before and waits for nothing.
INSERT INTO finding_seen AS seen (finding_id, revision, seen_at)
SELECT finding_id, revision, %(at)s
FROM unnest(%(finding_ids)s::uuid[], %(revisions)s::integer[]) AS looked (finding_id, revision)
ORDER BY finding_id
ON CONFLICT (finding_id) DO UPDATE
SET revision = excluded.revision, seen_at = excluded.seen_at
WHERE seen.revision < excluded.revision
    OR (seen.revision = excluded.revision AND seen.waits IS NOT NULL AND coalesce(seen.look_at, %(at)s) <= %(at)s)
RETURNING finding_id;

-- name: take_away
-- Take findings off the desk whose newest revision was seen.
DELETE FROM finding_due
WHERE finding_id = ANY (%(finding_ids)s::uuid[]);

-- name: wait
-- Remember why nothing came of a finding yet, and when to look again.
UPDATE finding_seen
SET waits = %(waits)s, look_at = %(look_at)s
WHERE finding_id = %(finding_id)s;

-- name: wait_of_asset
-- Let the open findings of an asset, of one kind or of all, be looked at again once they are silenced no more.
INSERT INTO finding_seen AS seen (finding_id, revision, seen_at, waits)
SELECT finding_id, 0, %(at)s, %(waits)s
FROM finding
WHERE asset_id = %(asset_id)s
    AND cleared IS NULL
    AND (%(kind)s::text IS NULL OR kind = %(kind)s)
ON CONFLICT (finding_id) DO UPDATE
SET waits = coalesce(seen.waits, excluded.waits);

-- name: lock_asset
-- Let one transaction at a time decide about an asset's alerts and orders; telemetry and scoring go on.
SELECT a.asset_id, s.tag AS site, a.tag AS asset, a.name, c.tag AS asset_class
FROM asset AS a
JOIN site AS s USING (site_id)
JOIN asset_class AS c USING (class_id)
WHERE a.asset_id = %(asset_id)s
FOR NO KEY UPDATE OF a;
