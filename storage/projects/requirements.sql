-- name: keep
-- Keep the next version of a project's requirements.
INSERT INTO project_requirements (project_id, version, document, sha256, kept_at, kept_by)
SELECT %(project_id)s, coalesce(max(version), 0) + 1, %(document)s, %(sha256)s, %(at)s, %(by)s
FROM project_requirements
WHERE project_id = %(project_id)s
RETURNING version;

-- name: versions
-- Every version, the newest first, with who signed it.
SELECT
    r.version, r.document, r.sha256, r.kept_at, r.kept_by,
    coalesce(
        (
            SELECT jsonb_object_agg(g.side, g.signed_by)
            FROM project_requirements_signature AS g
            WHERE g.project_id = r.project_id AND g.version = r.version
        ),
        '{}'
    ) AS signed
FROM project_requirements AS r
WHERE r.project_id = %(project_id)s
ORDER BY r.version DESC;

-- name: sign
-- Sign a version for a side; no row where that side, or this person, has signed it.
INSERT INTO project_requirements_signature (project_id, version, side, person, signed_by, recognised, signed_at)
VALUES (%(project_id)s, %(version)s, %(side)s, %(person)s, %(signed_by)s, %(recognised)s, %(at)s)
ON CONFLICT DO NOTHING
RETURNING side;

-- name: lock_class
-- Let nobody else keep what is asked of a class until the transaction ends.
SELECT pg_advisory_xact_lock(hashtext('class_requirements'), %(class_id)s);

-- name: keep_for_class
-- Keep the next version of what is asked of a class.
INSERT INTO class_requirements (class_id, version, document, request_id, kept_at, kept_by)
SELECT %(class_id)s, coalesce(max(version), 0) + 1, %(document)s, %(request_id)s, %(at)s, %(by)s
FROM class_requirements
WHERE class_id = %(class_id)s
RETURNING version;

-- name: newest_of_class
-- What is asked of a class now.
SELECT version, document, request_id
FROM class_requirements
WHERE class_id = %(class_id)s
ORDER BY version DESC
LIMIT 1;

-- name: standing
-- What was asked of the classes of a project's assets when the project began.
SELECT DISTINCT ON (r.class_id) r.version, r.document, r.request_id
FROM project AS j
JOIN project_asset AS m USING (project_id)
JOIN asset AS a USING (asset_id)
JOIN class_requirements AS r ON r.class_id = a.class_id AND r.kept_at <= j.created_at
WHERE j.project_id = %(project_id)s
ORDER BY r.class_id, r.version DESC;

-- name: held
-- What the register holds of a project's assets that requirements ask for.
SELECT
    a.tag AS asset, c.tag AS class_tag, e.serial, e.manufacturer, e.model,
    (
        SELECT coalesce(jsonb_agg(jsonb_build_array(n.key, n.low, n.high)), '[]')
        FROM signal AS n
        WHERE n.asset_id = a.asset_id AND n.retired_at IS NULL
    ) AS signals,
    (
        SELECT coalesce(jsonb_agg(jsonb_build_array(p.property_set, p.name, p.value, p.unit)), '[]')
        FROM parameter AS p
        WHERE p.asset_id = a.asset_id OR (p.class_id = a.class_id AND p.site_id = a.site_id)
    ) AS parameters,
    (
        SELECT coalesce(jsonb_agg(DISTINCT n.number), '[]')
        FROM part_use AS u
        JOIN part AS n USING (part_id)
        WHERE u.asset_id = a.asset_id OR (u.class_id = a.class_id AND n.site_id = a.site_id)
    ) AS parts,
    (
        SELECT coalesce(jsonb_agg(DISTINCT d.vdi_class), '[]')
        FROM (
            SELECT f.vdi_class
            FROM project_document AS f
            WHERE f.project_id = m.project_id AND (f.asset_id IS NULL OR f.asset_id = a.asset_id)
            UNION ALL
            SELECT f.vdi_class
            FROM register_document AS f
            WHERE f.site_id = a.site_id AND f.sha256 <> ''
                AND (f.asset_id = a.asset_id OR f.class_id = a.class_id)
        ) AS d
    ) AS documents
FROM project_asset AS m
JOIN asset AS a USING (asset_id)
JOIN asset_class AS c USING (class_id)
LEFT JOIN installation AS i ON i.asset_id = a.asset_id AND i.installed_to IS NULL
LEFT JOIN equipment AS e USING (equipment_id)
WHERE m.project_id = %(project_id)s
ORDER BY a.tag;
