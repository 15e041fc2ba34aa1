-- name: areas
-- The area of each asset, by its tag.
SELECT asset_id, tag, area
FROM asset;

-- name: told_alerts
-- The alerts of which people were told at an instant, one row each time.
SELECT e.alert_id, a.area
FROM alert_event AS e
JOIN alert AS l USING (alert_id)
JOIN asset AS a USING (asset_id)
WHERE e.at = %(at)s AND e.tells;

-- name: told_notices
-- The notices that asked for people's attention at an instant, and as which revision of theirs.
SELECT
    notice_id, coalesce(area, '') AS area, told_revision,
    ARRAY(SELECT jsonb_array_elements_text(document -> 'areas')) AS areas
FROM notice
WHERE changed_at = %(at)s AND told_revision > 0;

-- name: unacknowledged
-- The open alerts that people were told of and have not acknowledged.
SELECT alert_id
FROM alert
WHERE NOT acknowledged AND told_at IS NOT NULL AND alert_id = ANY (%(alert_ids)s::uuid[]);

-- name: fates
-- What became of each finding: its alert, when people were first told of that, its incident, and the root it was given.
SELECT f.finding_id, a.tag AS asset, l.alert_id, told.at AS told_at, i.incident_id, r.tag AS root, i.size,
    i.told_at IS NOT NULL OR n.told_revision > 0 AS is_incident_told
FROM finding AS f
JOIN asset AS a USING (asset_id)
LEFT JOIN alert_finding AS af USING (finding_id)
LEFT JOIN alert AS l USING (alert_id)
LEFT JOIN LATERAL (
    SELECT min(e.at) FILTER (WHERE e.at >= f.onset) AS at
    FROM alert_event AS e
    WHERE e.alert_id = l.alert_id AND e.tells
) AS told ON true
LEFT JOIN incident_alert AS m USING (alert_id)
LEFT JOIN incident AS i USING (incident_id)
LEFT JOIN alert AS ra ON ra.alert_id = i.root_alert_id
LEFT JOIN asset AS r ON r.asset_id = ra.asset_id
LEFT JOIN notice AS n ON n.subject = 'incident' AND n.subject_id = i.flood_id::text;
