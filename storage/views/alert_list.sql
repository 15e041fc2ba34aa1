-- name: page
-- Incidents with an alert that is wanted, and wanted alerts that are in none (or, not grouped, each alert by itself): one
-- page of them, and how many there are. The states are those of ISA-18.2.
SELECT
    w.group_id,
    min(w.incident_id::text) AS incident_id,
    array_agg(w.alert_id) AS alert_ids,
    count(*) OVER () AS total
FROM (
    SELECT
        l.alert_id,
        m.incident_id,
        CASE WHEN %(grouped)s THEN coalesce(m.incident_id, l.alert_id) ELSE l.alert_id END AS group_id,
        l.raised_at,
        l.count,
        a.tag,
        array_position(ARRAY['CRITICAL', 'MAJOR', 'MINOR', 'WARNING'], l.severity) AS place,
        CASE
            WHEN l.out_of_service THEN 'Out of service'
            WHEN l.suppressed THEN 'Suppressed by design'
            WHEN l.shelved_until > %(now)s THEN 'Shelved'
            WHEN l.active AND l.acknowledged THEN 'Acknowledged'
            WHEN l.active THEN 'Unacknowledged'
            WHEN l.acknowledged THEN 'Normal'
            ELSE 'RTN-Unacknowledged'
        END AS state,
        l.active OR NOT l.acknowledged AS is_open
    FROM alert AS l
    JOIN asset AS a USING (asset_id)
    JOIN site AS s USING (site_id)
    LEFT JOIN incident_alert AS m USING (alert_id)
    WHERE (%(site)s::text IS NULL OR s.tag = %(site)s)
        AND (%(area)s::text IS NULL OR a.area = %(area)s)
        AND (%(asset)s::text IS NULL OR a.tag = %(asset)s)
        AND (%(severity)s::text IS NULL OR l.severity = %(severity)s)
        AND (%(kind)s::text IS NULL OR l.kind = %(kind)s)
        AND (%(raised_from)s::timestamptz IS NULL OR l.raised_at >= %(raised_from)s)
        AND (%(raised_to)s::timestamptz IS NULL OR l.raised_at < %(raised_to)s)
        AND (%(after_at)s::timestamptz IS NULL OR (l.raised_at, l.alert_id) < (%(after_at)s, %(after_id)s::uuid))
        AND (
            %(text)s::text IS NULL
            OR position(
                lower(%(text)s) IN lower(concat_ws(' ', a.tag, a.name, a.name_zh, l.kind, l.comment, l.shelved_why))
            ) > 0
        )
) AS w
WHERE CASE %(state)s::text WHEN 'open' THEN w.is_open WHEN 'all' THEN true ELSE w.state = %(state)s END
GROUP BY w.group_id
ORDER BY
    CASE WHEN %(sort)s = 'severity' THEN coalesce(min(w.place), 5) END,
    CASE WHEN %(sort)s = 'times' THEN -sum(w.count) END,
    CASE WHEN %(sort)s = 'asset' THEN min(w.tag) END,
    max(w.raised_at) DESC,
    w.group_id DESC
LIMIT %(most)s
OFFSET %(skip)s;

-- name: listed
-- Some alerts, and all alerts of some incidents, each with the incident it is in, with how its asset is called, and with
-- the newest episode of the model that it stands for; and until when the warranty holds in which it began.
SELECT
    l.*, m.incident_id, i.root_alert_id, a.area, a.name, a.name_zh, f.onset AS episode_onset, f.cleared AS episode_cleared,
    f.elsewhere,
    (
        SELECT max(w.ends)
        FROM warranty_of(l.asset_id) AS w
        JOIN installation AS n USING (installation_id)
        WHERE (n.installed_to IS NULL OR n.installed_to > l.onset)
            AND (l.onset AT TIME ZONE s.timezone)::date BETWEEN w.starts AND w.ends
    ) AS warranty_until
FROM alert_at_asset AS l
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
LEFT JOIN incident_alert AS m USING (alert_id)
LEFT JOIN incident AS i USING (incident_id)
LEFT JOIN LATERAL (
    SELECT n.onset, n.cleared, n.elsewhere
    FROM alert_finding AS af
    JOIN finding AS n USING (finding_id)
    WHERE af.alert_id = l.alert_id AND n.source = 'model' AND n.kind = 'condition'
    ORDER BY n.onset DESC
    LIMIT 1
) AS f ON true
WHERE l.alert_id = ANY (
    ARRAY(
        SELECT g.alert_id FROM incident_alert AS g WHERE g.incident_id = ANY (%(incident_ids)s::uuid[])
        UNION
        SELECT unnest(%(alert_ids)s::uuid[])
    )
)
ORDER BY l.onset, l.alert_id;

-- name: places
-- The sites and their areas, as far as assets stand in them.
SELECT DISTINCT s.tag AS site, s.name, s.name_zh, a.area
FROM asset AS a
JOIN site AS s USING (site_id)
WHERE a.retired_at IS NULL
ORDER BY s.tag, a.area;

-- name: order_of
-- The newest work order that an alert led to.
SELECT order_id
FROM work_order
WHERE alert_id = %(alert_id)s
ORDER BY order_id DESC
LIMIT 1;
