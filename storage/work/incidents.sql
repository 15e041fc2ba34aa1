-- name: lock_site
-- Let one transaction at a time place a site's alerts in incidents. It is the last lock that anybody takes.
SELECT pg_advisory_xact_lock(hashtextextended('assetloop incidents ' || %(site)s, 0));

-- name: near
-- The assets within some steps of an asset along what is fed, up and down, itself among them.
WITH RECURSIVE near (asset_id, steps) AS (
    SELECT %(asset_id)s::integer, 0
    UNION
    SELECT
        CASE WHEN f.from_asset_id = n.asset_id THEN f.to_asset_id ELSE f.from_asset_id END,
        n.steps + 1
    FROM near AS n
    JOIN feed AS f ON n.asset_id IN (f.from_asset_id, f.to_asset_id)
    WHERE n.steps < %(reach)s
)
SELECT DISTINCT asset_id
FROM near;

-- name: to_join
-- The open incident that an alert belongs to: the oldest with an alert at an asset near it, while it may still grow.
SELECT i.incident_id
FROM incident AS i
WHERE i.resolved_at IS NULL
    AND i.began > %(since)s
    AND i.size < %(most)s
    AND i.site_id = (SELECT a.site_id FROM asset AS a WHERE a.asset_id = %(asset_id)s)
    AND EXISTS (
        SELECT
        FROM incident_alert AS m
        JOIN alert AS l USING (alert_id)
        WHERE m.incident_id = i.incident_id AND l.asset_id = ANY (%(near)s::integer[])
    )
ORDER BY i.began, i.incident_id
LIMIT 1;

-- name: of_alert
-- The incident an alert is in, while that is not resolved.
SELECT incident_id
FROM incident_alert
JOIN incident USING (incident_id)
WHERE alert_id = %(alert_id)s AND resolved_at IS NULL;

-- name: begin
-- Begin an incident with one alert.
INSERT INTO incident (incident_id, site_id, area, began, root_alert_id, severity)
SELECT %(incident_id)s, a.site_id, a.area, %(at)s, %(alert_id)s, %(severity)s
FROM asset AS a
WHERE a.asset_id = %(asset_id)s;

-- name: add_alert
-- Let an alert belong to an incident; one that comes back after its incident was resolved belongs to a new one.
INSERT INTO incident_alert (alert_id, incident_id, joined_at)
VALUES (%(alert_id)s, %(incident_id)s, %(at)s)
ON CONFLICT (alert_id) DO UPDATE
SET incident_id = excluded.incident_id, joined_at = excluded.joined_at;

-- name: keep
-- Write what may change of an incident.
UPDATE incident
SET
    root_alert_id = %(root_alert_id)s, severity = %(severity)s, size = %(size)s, flood_id = %(flood_id)s,
    told_at = %(told_at)s, calm_since = %(calm_since)s, acknowledged_at = %(acknowledged_at)s,
    resolved_at = %(resolved_at)s, looked = %(looked)s
WHERE incident_id = %(incident_id)s;

-- name: get
-- One incident.
SELECT i.*, s.tag AS site
FROM incident AS i
JOIN site AS s USING (site_id)
WHERE i.incident_id = %(incident_id)s;

-- name: members
-- An incident's alerts.
SELECT m.incident_id, l.*
FROM incident_alert AS m
JOIN alert_at_asset AS l USING (alert_id)
WHERE m.incident_id = ANY (%(incident_ids)s::uuid[])
ORDER BY l.onset, l.alert_id;

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
JOIN LATERAL (
    SELECT sum(l.revision)::integer AS revisions
    FROM incident_alert AS m
    JOIN alert AS l USING (alert_id)
    WHERE m.incident_id = i.incident_id
) AS now ON true
WHERE i.resolved_at IS NULL
    AND (now.revisions <> i.looked OR i.calm_since <= %(calm_before)s)
ORDER BY i.began
LIMIT %(most)s;

-- name: list
-- Incidents, the newest first.
SELECT i.*, s.tag AS site
FROM incident AS i
JOIN site AS s USING (site_id)
WHERE NOT %(open_only)s OR i.resolved_at IS NULL
ORDER BY i.began DESC, i.incident_id
LIMIT %(most)s;

-- name: told_lately
-- How many incidents of an area people were told of one by one, and how many began, since an instant.
SELECT
    count(*) FILTER (WHERE told_at > %(since)s AND flood_id IS NULL) AS told,
    count(*) FILTER (WHERE began > %(since)s) AS began
FROM incident
WHERE site_id = %(site_id)s AND area = %(area)s AND (began > %(since)s OR told_at > %(since)s);

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
-- The open incidents that a flood took in, the worst first.
SELECT i.*, s.tag AS site
FROM incident AS i
JOIN site AS s USING (site_id)
WHERE i.flood_id = %(flood_id)s AND i.resolved_at IS NULL
ORDER BY array_position(ARRAY['CRITICAL', 'MAJOR', 'MINOR', 'WARNING'], i.severity) NULLS LAST, i.began;
