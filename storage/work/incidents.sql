-- name: lock_site
-- Let one transaction at a time place a site's alerts in incidents. It is the last lock that anybody takes.
SELECT pg_advisory_xact_lock(hashtextextended('assetloop incidents ' || %(site)s, 0));

-- name: near
-- The assets within some steps of each of some assets along what is fed, up and down, itself among them.
WITH RECURSIVE near (origin, asset_id, steps) AS (
    SELECT origin, origin, 0
    FROM unnest(%(asset_ids)s::integer[]) AS origin
    UNION
    SELECT
        n.origin,
        CASE WHEN f.from_asset_id = n.asset_id THEN f.to_asset_id ELSE f.from_asset_id END,
        n.steps + 1
    FROM near AS n
    JOIN feed AS f ON n.asset_id IN (f.from_asset_id, f.to_asset_id)
    WHERE n.steps < %(reach)s
)
SELECT origin, array_agg(DISTINCT asset_id) AS near
FROM near
GROUP BY origin;

-- name: growing
-- The open incidents that may still grow and have an alert at one of some assets, with all their assets: those of which
-- people were told before the others, the oldest first.
WITH near AS (
    SELECT DISTINCT m.incident_id
    FROM alert AS l
    JOIN incident_alert AS m USING (alert_id)
    WHERE l.asset_id = ANY (%(asset_ids)s::integer[])
)
SELECT i.incident_id, i.size, i.told_at IS NOT NULL AS is_told, array_agg(DISTINCT l.asset_id) AS asset_ids
FROM near
JOIN incident AS i USING (incident_id)
JOIN incident_alert AS m USING (incident_id)
JOIN alert AS l USING (alert_id)
WHERE i.resolved_at IS NULL
    AND i.began > %(since)s
    AND i.size < %(most)s
    AND i.site_id IN (SELECT a.site_id FROM asset AS a WHERE a.asset_id = ANY (%(asset_ids)s::integer[]))
GROUP BY i.incident_id
ORDER BY i.told_at IS NULL, i.began, i.incident_id;

-- name: merge
-- Let incidents end in others, which take their alerts over.
WITH merged AS (
    SELECT incident_id, into_id
    FROM unnest(%(incident_ids)s::uuid[], %(into_ids)s::uuid[]) AS merged (incident_id, into_id)
),
moved AS (
    UPDATE incident_alert AS m
    SET incident_id = merged.into_id
    FROM merged
    WHERE m.incident_id = merged.incident_id
)
UPDATE incident AS i
SET resolved_at = %(at)s, merged_into = merged.into_id
FROM merged
WHERE i.incident_id = merged.incident_id;

-- name: of_alerts
-- The incidents that some alerts are in, while those are not resolved.
SELECT alert_id, incident_id
FROM incident_alert
JOIN incident USING (incident_id)
WHERE alert_id = ANY (%(alert_ids)s::uuid[]) AND resolved_at IS NULL;

-- name: begin
-- Begin incidents, each with one alert.
INSERT INTO incident (incident_id, site_id, area, areas, began, root_alert_id, severity)
SELECT n.incident_id, a.site_id, a.area, ARRAY[a.area], %(at)s, n.alert_id, n.severity
FROM unnest(%(incident_ids)s::uuid[], %(asset_ids)s::integer[], %(alert_ids)s::uuid[], %(severities)s::text[])
    AS n (incident_id, asset_id, alert_id, severity)
JOIN asset AS a USING (asset_id);

-- name: add_alerts
-- Let alerts belong to incidents; one that comes back after its incident was resolved belongs to a new one.
INSERT INTO incident_alert (alert_id, incident_id, joined_at)
SELECT alert_id, incident_id, %(at)s
FROM unnest(%(alert_ids)s::uuid[], %(incident_ids)s::uuid[]) AS placed (alert_id, incident_id)
ON CONFLICT (alert_id) DO UPDATE
SET incident_id = excluded.incident_id, joined_at = excluded.joined_at;

-- name: keep
-- Write what may change of incidents.
UPDATE incident AS i
SET
    root_alert_id = r.root_alert_id, severity = r.severity, size = r.size, flood_id = r.flood_id, told_at = r.told_at,
    calm_since = r.calm_since, acknowledged_at = r.acknowledged_at, resolved_at = r.resolved_at, looked = r.looked,
    areas = r.areas
FROM json_populate_recordset(NULL::incident, %(rows)s::json) AS r
WHERE i.incident_id = r.incident_id;

-- name: get
-- Some incidents.
SELECT i.*, s.tag AS site
FROM incident AS i
JOIN site AS s USING (site_id)
WHERE i.incident_id = ANY (%(incident_ids)s::uuid[]);

-- name: members
-- The alerts of incidents.
SELECT m.incident_id, l.*
FROM incident_alert AS m
JOIN alert_at_asset AS l USING (alert_id)
WHERE m.incident_id = ANY (%(incident_ids)s::uuid[])
ORDER BY l.onset, l.alert_id;

-- name: members_without_evidence
-- The alerts of incidents, but for what speaks for them.
SELECT
    m.incident_id, l.alert_id, l.asset_id, s.tag AS site, a.tag AS asset, l.kind, l.severity, l.active, l.acknowledged,
    l.shelved_until, l.suppressed, l.out_of_service, l.onset, l.raised_at, l.cleared_at, l.acknowledged_at,
    l.acknowledged_by, l.comment, l.count, l.shelved_by, l.shelved_why, l.told_at, l.told, l.milder, l.milder_since,
    l.revision, l.acknowledged_recognised
FROM incident_alert AS m
JOIN alert AS l USING (alert_id)
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
WHERE m.incident_id = ANY (%(incident_ids)s::uuid[])
ORDER BY l.onset, l.alert_id;

-- name: evidence
-- What speaks for some alerts.
SELECT alert_id, evidence
FROM alert
WHERE alert_id = ANY (%(alert_ids)s::uuid[]);

-- name: areas
-- The areas of some assets.
SELECT asset_id, area
FROM asset
WHERE asset_id = ANY (%(asset_ids)s::integer[]);

-- name: upstream
-- Which of some assets feed which others of them, also by way of assets between.
WITH RECURSIVE downstream (from_asset_id, to_asset_id, steps) AS (
    SELECT from_asset_id, to_asset_id, 1
    FROM feed
    WHERE from_asset_id = ANY (%(asset_ids)s::integer[])
    UNION
    SELECT d.from_asset_id, f.to_asset_id, d.steps + 1
    FROM downstream AS d
    JOIN feed AS f ON f.from_asset_id = d.to_asset_id
    WHERE d.steps < 5
)
SELECT DISTINCT from_asset_id, to_asset_id
FROM downstream
WHERE to_asset_id = ANY (%(asset_ids)s::integer[]);

-- name: changed
-- Open incidents whose alerts have changed since somebody looked, or which have been calm for long enough.
SELECT i.incident_id
FROM incident AS i
JOIN incident_alert AS m USING (incident_id)
JOIN alert AS l USING (alert_id)
WHERE i.resolved_at IS NULL
GROUP BY i.incident_id
HAVING sum(l.revision) <> i.looked OR i.calm_since <= %(calm_before)s
ORDER BY i.began
LIMIT %(most)s;

-- name: list
-- Incidents, the newest first.
SELECT i.*, s.tag AS site
FROM incident AS i
JOIN site AS s USING (site_id)
WHERE i.merged_into IS NULL
    AND (NOT %(open_only)s OR i.resolved_at IS NULL)
    AND (%(site)s::text IS NULL OR s.tag = %(site)s)
    AND (%(after_at)s::timestamptz IS NULL OR (i.began, i.incident_id) < (%(after_at)s, %(after_id)s::uuid))
ORDER BY i.began DESC, i.incident_id DESC
LIMIT %(most)s;

-- name: told_lately
-- How many incidents of an area people were told of one by one, and how many began, since an instant.
SELECT
    count(*) FILTER (WHERE i.told_at > %(since)s AND f.area IS DISTINCT FROM %(area)s) AS told,
    count(*) FILTER (WHERE i.began > %(since)s) AS began
FROM incident AS i
LEFT JOIN alarm_flood AS f USING (flood_id)
WHERE i.site_id = %(site_id)s AND (i.area = %(area)s OR %(area)s = ANY (i.areas))
    AND (i.began > %(since)s OR i.told_at > %(since)s);

-- name: areas_of_floods
-- The areas of some floods.
SELECT flood_id, area
FROM alarm_flood
WHERE flood_id = ANY (%(flood_ids)s::uuid[]);

-- name: open_flood
-- The flood that goes on in an area.
SELECT f.*, s.tag AS site
FROM alarm_flood AS f
JOIN site AS s USING (site_id)
WHERE f.site_id = %(site_id)s AND f.area = %(area)s AND f.ended IS NULL;

-- name: open_floods
-- The floods that go on.
SELECT f.*, s.tag AS site
FROM alarm_flood AS f
JOIN site AS s USING (site_id)
WHERE f.ended IS NULL;

-- name: begin_flood
-- Begin a flood.
INSERT INTO alarm_flood (flood_id, site_id, area, began)
VALUES (%(flood_id)s, %(site_id)s, %(area)s, %(at)s);

-- name: end_flood
-- End a flood.
UPDATE alarm_flood
SET ended = %(at)s
WHERE flood_id = %(flood_id)s AND ended IS NULL;

-- name: in_flood
-- How many open incidents a flood took in, and the worst of them: what their likely roots are.
SELECT i.severity, i.size, count(*) OVER () AS taken_in, a.tag AS asset, l.kind
FROM incident AS i
JOIN alert AS l ON l.alert_id = i.root_alert_id
JOIN asset AS a ON a.asset_id = l.asset_id
WHERE i.flood_id = %(flood_id)s AND i.resolved_at IS NULL
ORDER BY array_position(ARRAY['CRITICAL', 'MAJOR', 'MINOR', 'WARNING'], i.severity) NULLS LAST, i.began
LIMIT %(most)s;
