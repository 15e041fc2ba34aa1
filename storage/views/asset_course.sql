-- name: scores
-- An asset's worst score in each step of a stretch of time; what was given in shadow does not count.
SELECT date_bin(%(step)s, s.time, %(time_from)s) AS time, max(s.score_max) AS score
FROM score AS s
WHERE s.asset_id = %(asset_id)s AND s.time >= %(time_from)s AND s.time < %(time_to)s AND s.flags & 2 = 0
GROUP BY 1
ORDER BY 1;

-- name: alerted
-- When episodes of which people were told, or would have been, went on at an asset within a stretch of time.
SELECT f.onset, f.cleared, f.kind, f.severity
FROM finding AS f
WHERE f.asset_id = %(asset_id)s
    AND f.onset < %(time_to)s
    AND (f.cleared IS NULL OR f.cleared > %(time_from)s)
    AND EXISTS (SELECT FROM alert_finding AS a WHERE a.finding_id = f.finding_id)
ORDER BY f.onset DESC
LIMIT 100;

-- name: of_class
-- The other assets of an asset's class, those of its own site and area first.
SELECT s.tag AS site, a.tag AS asset
FROM asset AS own
JOIN asset AS a USING (class_id)
JOIN site AS s ON s.site_id = a.site_id
WHERE own.asset_id = %(asset_id)s AND a.asset_id <> own.asset_id AND a.retired_at IS NULL
ORDER BY a.site_id <> own.site_id, a.area <> own.area, s.tag, a.tag
LIMIT 500;

-- name: past
-- What became of an asset, of every kind, the newest first: alerts, orders, what was installed, states, models, documents
-- and gates of its handover.
SELECT p.*
FROM (
    SELECT
        l.raised_at AS at, 'alert' AS kind, l.alert_id::text AS key, l.kind AS said, l.severity AS detail,
        coalesce(l.acknowledged_by, '') AS who, l.cleared_at AS until
    FROM alert AS l
    WHERE l.asset_id = %(asset_id)s
    UNION ALL
    SELECT
        o.created_at, 'order', o.order_id::text, CASE WHEN o.failure_mode = '' THEN o.title ELSE o.failure_mode END,
        o.state, coalesce(o.assignee, ''), o.completed_at
    FROM work_order AS o
    WHERE o.asset_id = %(asset_id)s
    UNION ALL
    SELECT t.since, 'state', t.asset_state_id::text, t.state, '', '', NULL
    FROM asset_state AS t
    WHERE t.asset_id = %(asset_id)s
    UNION ALL
    SELECT b.said_at, 'said', b.state_label_id::text, b.says, b.note, b.said_by, NULL
    FROM state_label AS b
    WHERE b.asset_id = %(asset_id)s
    UNION ALL
    SELECT
        i.installed_from, 'installed', i.installation_id::text,
        concat_ws(' ', nullif(e.manufacturer, ''), nullif(e.model, ''), e.serial), '', '', i.installed_to
    FROM installation AS i
    LEFT JOIN equipment AS e USING (equipment_id)
    WHERE i.asset_id = %(asset_id)s
    UNION ALL
    SELECT v.at, 'model', m.model_id::text, v.event, m.kind || ' ' || m.version, v.actor, NULL
    FROM installation AS i
    JOIN model AS m USING (installation_id)
    JOIN model_event AS v USING (model_id)
    WHERE i.asset_id = %(asset_id)s
    UNION ALL
    SELECT d.added_at, 'document', d.document_id::text, d.title, d.version, d.added_by, NULL
    FROM project_document AS d
    WHERE d.asset_id = %(asset_id)s
    UNION ALL
    SELECT g.at, 'gate', j.tag, g.gate, g.outcome, g.actor, NULL
    FROM project_asset AS h
    JOIN project AS j USING (project_id)
    JOIN project_gate AS g USING (project_id)
    WHERE h.asset_id = %(asset_id)s
) AS p
WHERE %(kind)s::text IS NULL OR p.kind = %(kind)s
ORDER BY p.at DESC, p.kind, p.key
LIMIT %(most)s;

-- name: documents
-- An asset's documents, the newest version of each.
SELECT DISTINCT ON (d.vdi_class, d.title) d.vdi_class, d.title, d.version, d.file, d.added_at, j.tag AS project
FROM project_document AS d
JOIN project AS j USING (project_id)
WHERE d.asset_id = %(asset_id)s
ORDER BY d.vdi_class, d.title, d.added_at DESC;

-- name: parts
-- The parts that were issued or reserved for an asset's orders, and what is in stock of them.
SELECT p.number, p.name, p.name_zh, p.unit, p.on_hand - p.reserved AS free, p.least, max(u.at) AS used_at, sum(u.used) AS used
FROM (
    SELECT b.part_id, b.booked_at AS at, b.quantity AS used
    FROM work_order_booking AS b
    JOIN work_order AS o USING (order_id)
    WHERE o.asset_id = %(asset_id)s AND b.part_id IS NOT NULL
    UNION ALL
    SELECT r.part_id, NULL, 0
    FROM part_reservation AS r
    JOIN work_order AS o USING (order_id)
    WHERE o.asset_id = %(asset_id)s
) AS u
JOIN part AS p USING (part_id)
GROUP BY p.part_id
ORDER BY p.number;

-- name: coverage
-- For each signal of an asset: how many of the minutes of a stretch of time are stored, and its longest gap in minutes. A
-- signal that reports only on change is not asked how often; one that first spoke within the stretch is asked from then on.
SELECT
    g.key,
    g.name,
    g.name_zh,
    count(m.time)::integer AS minutes,
    extract(
        epoch FROM %(time_to)s::timestamptz - CASE
            WHEN EXISTS (SELECT FROM reading_1m AS b WHERE b.signal_id = g.signal_id AND b.time < %(time_from)s)
                THEN %(time_from)s::timestamptz
            ELSE coalesce(min(m.time), %(time_from)s::timestamptz)
        END
    )::integer / 60 AS expected,
    coalesce(max(m.gap), extract(epoch FROM %(time_to)s::timestamptz - %(time_from)s::timestamptz) / 60)::integer AS longest
FROM signal AS g
LEFT JOIN LATERAL (
    SELECT
        r.time,
        extract(
            epoch FROM lead(r.time, 1, %(time_to)s::timestamptz) OVER (ORDER BY r.time) - r.time
        ) / 60 AS gap
    FROM reading_1m AS r
    WHERE r.signal_id = g.signal_id AND r.time >= %(time_from)s AND r.time < %(time_to)s
) AS m ON true
WHERE g.asset_id = %(asset_id)s AND g.retired_at IS NULL AND g.holds_s IS NULL
GROUP BY g.signal_id
ORDER BY g.position, g.key;

-- name: held
-- What is held in quarantine of an asset, by reason.
SELECT reason, sum(count)::bigint AS count, max(last_seen) AS last_seen
FROM quarantine
WHERE site_tag = %(site)s AND asset_tag = %(asset)s
GROUP BY reason
ORDER BY 2 DESC;
