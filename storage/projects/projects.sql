-- name: add
-- Add a project; no row where there is one of that tag, or no such site.
INSERT INTO project (
    tag, site_id, name, completion_key, trial_days, fresh_hours, required_documents, engineering_team, warranty_months,
    created_at, created_by
)
SELECT
    %(tag)s, site_id, %(name)s, %(completion_key)s, %(trial_days)s, %(fresh_hours)s, %(required_documents)s,
    %(engineering_team)s, %(warranty_months)s, %(at)s, %(by)s
FROM site
WHERE tag = %(site)s
ON CONFLICT (tag) DO NOTHING
RETURNING project_id;

-- name: add_asset
-- Let an asset of the project's site be a part of it; no row where there is none.
INSERT INTO project_asset (project_id, asset_id)
SELECT p.project_id, a.asset_id
FROM project AS p
JOIN asset AS a USING (site_id)
WHERE p.project_id = %(project_id)s AND a.tag = %(asset)s
ON CONFLICT (project_id, asset_id) DO UPDATE SET asset_id = excluded.asset_id
RETURNING asset_id;

-- name: projects
-- Every project, or the one that is named.
SELECT
    p.project_id, p.tag, s.tag AS site, p.name, p.completion_key, p.trial_days, p.fresh_hours, p.required_documents,
    p.engineering_team, p.warranty_months, p.service_from, p.created_at, p.created_by,
    (
        SELECT coalesce(array_agg(a.tag ORDER BY a.tag), '{}')
        FROM project_asset AS m
        JOIN asset AS a USING (asset_id)
        WHERE m.project_id = p.project_id
    ) AS assets
FROM project AS p
JOIN site AS s USING (site_id)
WHERE %(tag)s::text IS NULL OR p.tag = %(tag)s
ORDER BY p.tag;

-- name: lock
-- Let what changes a project wait for one another.
SELECT project_id
FROM project
WHERE project_id = %(project_id)s
FOR UPDATE;

-- name: add_milestone
-- Keep a milestone as an import saw it.
INSERT INTO project_milestone (project_id, key, imported_at, name, planned, forecast, actual, file)
VALUES (%(project_id)s, %(key)s, %(at)s, %(name)s, %(planned)s, %(forecast)s, %(actual)s, %(file)s);

-- name: milestones
-- The milestones as they stand: the newest word on each, and the first plan there was.
SELECT DISTINCT ON (m.key)
    m.key, m.name, m.forecast, m.actual,
    (
        SELECT coalesce(f.planned, f.forecast)
        FROM project_milestone AS f
        WHERE f.project_id = m.project_id AND f.key = m.key AND coalesce(f.planned, f.forecast) IS NOT NULL
        ORDER BY (f.planned IS NULL), f.imported_at
        LIMIT 1
    ) AS planned
FROM project_milestone AS m
WHERE m.project_id = %(project_id)s
ORDER BY m.key, m.imported_at DESC;

-- name: milestones_at
-- When each milestone came, or was expected, as an import before an instant saw it.
SELECT DISTINCT ON (key) key, coalesce(actual, forecast, planned) AS stands
FROM project_milestone
WHERE project_id = %(project_id)s AND imported_at <= %(at)s
ORDER BY key, imported_at DESC;

-- name: add_document
-- Keep a version of a document; no row where that version is there already.
INSERT INTO project_document (project_id, asset_id, vdi_class, title, version, file, sha256, added_at, added_by)
VALUES (
    %(project_id)s, %(asset_id)s, %(vdi_class)s, %(title)s, %(version)s, %(file)s, %(sha256)s, %(at)s, %(by)s
)
ON CONFLICT DO NOTHING
RETURNING document_id;

-- name: documents
-- The newest version of each document.
SELECT DISTINCT ON (d.asset_id, d.vdi_class, d.title)
    d.document_id, a.tag AS asset, d.vdi_class, d.title, d.version, d.file, d.sha256, d.added_at, d.added_by
FROM project_document AS d
LEFT JOIN asset AS a USING (asset_id)
WHERE d.project_id = %(project_id)s
ORDER BY d.asset_id, d.vdi_class, d.title, d.document_id DESC;

-- name: raise_punch
-- Raise a punch.
INSERT INTO project_punch (project_id, asset_id, category, text, raised_at, raised_by)
VALUES (%(project_id)s, %(asset_id)s, %(category)s, %(text)s, %(at)s, %(by)s)
RETURNING punch_id;

-- name: close_punch
-- Close a punch, once.
UPDATE project_punch
SET closed_at = %(at)s, closed_by = %(by)s
WHERE project_id = %(project_id)s AND punch_id = %(punch_id)s AND closed_at IS NULL;

-- name: carry_punch
-- Let a punch B be done later, by a date.
UPDATE project_punch
SET carried_to = %(until)s, carried_by = %(by)s
WHERE project_id = %(project_id)s AND punch_id = %(punch_id)s AND closed_at IS NULL AND category = 'B';

-- name: punches
-- Every punch.
SELECT
    p.punch_id, a.tag AS asset, p.category, p.text, p.raised_at, p.raised_by, p.carried_to, p.carried_by, p.closed_at,
    p.closed_by, p.bcf_status
FROM project_punch AS p
LEFT JOIN asset AS a USING (asset_id)
WHERE p.project_id = %(project_id)s
ORDER BY p.punch_id;

-- name: note_bcf
-- Keep the status that a BIM tool gave a punch.
UPDATE project_punch
SET bcf_status = %(status)s
WHERE punch_id = %(punch_id)s;

-- name: properties
-- The parameters of a project's assets and of their classes, as the register has them; of a class's the asset is null.
SELECT a.tag AS asset, c.tag AS class, p.property_set, p.name, p.value, p.unit
FROM project AS j
JOIN parameter AS p USING (site_id)
LEFT JOIN asset AS a USING (asset_id)
LEFT JOIN asset_class AS c ON c.class_id = p.class_id
WHERE j.project_id = %(project_id)s
    AND (
        p.asset_id IN (SELECT m.asset_id FROM project_asset AS m WHERE m.project_id = %(project_id)s)
        OR p.class_id IN (
            SELECT o.class_id
            FROM project_asset AS m
            JOIN asset AS o USING (asset_id)
            WHERE m.project_id = %(project_id)s
        )
    );

-- name: registered_documents
-- The documents of a project's assets and of their classes, as the register has them; of a class's the asset is null.
SELECT a.tag AS asset, c.tag AS class, d.vdi_class, d.title, d.version, d.file, d.sha256
FROM project AS j
JOIN register_document AS d USING (site_id)
LEFT JOIN asset AS a USING (asset_id)
LEFT JOIN asset_class AS c ON c.class_id = d.class_id
WHERE j.project_id = %(project_id)s
    AND (
        d.asset_id IN (SELECT m.asset_id FROM project_asset AS m WHERE m.project_id = %(project_id)s)
        OR d.class_id IN (
            SELECT o.class_id
            FROM project_asset AS m
            JOIN asset AS o USING (asset_id)
            WHERE m.project_id = %(project_id)s
        )
    );

-- name: parameters
-- What the register says of a project's assets: their class, machine and the limits of their signals.
SELECT
    a.tag AS asset, c.tag AS class, e.serial, e.manufacturer, e.model, g.key, g.unit,
    coalesce(g.low, cs.low) AS low, coalesce(g.high, cs.high) AS high
FROM project_asset AS p
JOIN asset AS a USING (asset_id)
JOIN asset_class AS c USING (class_id)
LEFT JOIN installation AS i ON i.asset_id = a.asset_id AND i.installed_to IS NULL
LEFT JOIN equipment AS e USING (equipment_id)
LEFT JOIN signal AS g ON g.asset_id = a.asset_id AND g.retired_at IS NULL
LEFT JOIN class_signal AS cs ON cs.class_id = a.class_id AND cs.key = g.key
WHERE p.project_id = %(project_id)s
ORDER BY a.tag, g.key;

-- name: telemetry
-- Of each signal of a project's assets: its newest value, in how many minutes since an instant there was one, how many
-- values there were, and how many of them were out of range or bad.
SELECT
    a.tag AS asset, g.key, l.time AS newest, c.silent_after_s,
    r.minutes, r.readings, r.outside, r.bad
FROM project_asset AS p
JOIN asset AS a USING (asset_id)
JOIN asset_class AS c USING (class_id)
JOIN signal AS g ON g.asset_id = a.asset_id AND g.retired_at IS NULL
LEFT JOIN class_signal AS cs ON cs.class_id = a.class_id AND cs.key = g.key
LEFT JOIN latest AS l ON l.signal_id = g.signal_id
CROSS JOIN LATERAL (
    SELECT
        count(DISTINCT date_trunc('minute', d.time)) AS minutes,
        count(*) AS readings,
        count(*) FILTER (WHERE d.value < coalesce(g.low, cs.low) OR d.value > coalesce(g.high, cs.high)) AS outside,
        count(*) FILTER (WHERE d.flags & 2 <> 0) AS bad
    FROM reading AS d
    WHERE d.signal_id = g.signal_id AND d.time >= %(since)s AND d.time <= %(until)s
) AS r
WHERE p.project_id = %(project_id)s
ORDER BY a.tag, g.key;

-- name: asset_ids
-- The assets of a project.
SELECT asset_id
FROM project_asset
WHERE project_id = %(project_id)s
ORDER BY asset_id;
