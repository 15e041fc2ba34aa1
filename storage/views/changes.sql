-- name: now
-- Where one begins who has seen nothing: after all that is committed.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xact;

-- name: since
-- What changed after a change, in the order of commits: at every asset, or at one.
SELECT
    c.xact::text, c.change_id, c.at, c.subject, s.tag AS site, a.tag AS asset, c.alert_id, c.order_id, c.revision,
    c.event
FROM plant_change AS c
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
WHERE (c.xact, c.change_id) > (%(xact)s::text::xid8, %(change_id)s)
    AND c.xact < pg_snapshot_xmin(pg_current_snapshot())
    AND c.subject = ANY (%(subjects)s)
    AND (%(site)s::text IS NULL OR s.tag = %(site)s)
    AND (%(asset_id)s::integer IS NULL OR c.asset_id = %(asset_id)s)
ORDER BY c.xact, c.change_id
LIMIT %(most)s;

-- name: may_miss
-- Whether changes after one may have been let go of: it is older than all that are kept, and old ones are let go of.
SELECT coalesce(min(xact) > %(xact)s::text::xid8 AND min(at) < %(kept_since)s, false) AS may_miss
FROM plant_change;

-- name: scores
-- An asset's scores after an instant.
SELECT time, score_max, score_last
FROM score
WHERE asset_id = %(asset_id)s AND time > %(after)s
ORDER BY time
LIMIT %(most)s;

-- name: readings
-- An asset's readings after an instant, of every signal; those of one instant come together.
SELECT r.time, g.key AS signal, r.value
FROM signal AS g
CROSS JOIN LATERAL (
    SELECT time, value
    FROM reading
    WHERE signal_id = g.signal_id AND time > %(after)s
    ORDER BY time
    LIMIT %(most)s
) AS r
WHERE g.asset_id = %(asset_id)s AND g.retired_at IS NULL
ORDER BY r.time, g.key
LIMIT %(most)s;
