-- name: begin
-- Say from which import, and when, what this transaction changes comes.
SELECT
    set_config('assetloop.import_id', %(import_id)s, true),
    set_config('assetloop.at', %(at)s::timestamptz::text, true),
    set_config('assetloop.actor', %(by)s, true);

-- name: begin_request
-- Say from which request for a change of design, and when, what this transaction changes comes.
SELECT
    set_config('assetloop.request_id', %(request_id)s::integer::text, true),
    set_config('assetloop.at', %(at)s::timestamptz::text, true),
    set_config('assetloop.actor', %(by)s, true);

-- name: of_import
-- What an import changed, in order.
SELECT change_id, site, kind, item, at, by, recognised, before, said
FROM register_change
WHERE import_id = %(import_id)s
ORDER BY change_id;

-- name: keep_import
-- Keep that a file was imported.
INSERT INTO register_import (import_id, site_id, at, by, kind, file, sha256, counts)
SELECT %(import_id)s, site_id, %(at)s, %(by)s, %(kind)s, %(file)s, %(sha256)s, %(counts)s
FROM site
WHERE tag = %(site)s;

-- name: imports
-- The newest imports, of every site or of one.
SELECT i.import_id, s.tag AS site, i.at, i.by, i.kind, i.file, i.sha256, i.counts
FROM register_import AS i
JOIN site AS s USING (site_id)
WHERE %(site)s::text IS NULL OR s.tag = %(site)s
ORDER BY i.at DESC
LIMIT %(most)s;

-- name: put_by
-- What stands in a site's register because imports of a file put it there: assets; signals said of an asset, with their key; parameters, documents, uses of spare parts, ids of building models, maintenance plans that go on, and job plans that no change of design made. `title` is what a document's versions have in common, and the tag of a maintenance plan.
WITH put AS MATERIALIZED (
    SELECT c.kind, c.item
    FROM register_import AS i
    JOIN site AS s USING (site_id)
    JOIN register_change AS c USING (import_id)
    WHERE s.tag = %(site)s AND i.kind = %(kind)s AND i.file = %(file)s AND c.before IS NULL
)
SELECT DISTINCT h.kind, h.item, h.asset, h.key, h.title
FROM (
    SELECT 'asset' AS kind, a.tag AS item, a.tag AS asset, NULL AS key, '' AS title
    FROM asset AS a
    JOIN site AS s USING (site_id)
    WHERE s.tag = %(site)s AND a.retired_at IS NULL
    UNION ALL
    SELECT 'signal', a.tag || ' ' || n.key, a.tag, n.key, ''
    FROM signal AS n
    JOIN asset AS a USING (asset_id)
    JOIN site AS s USING (site_id)
    WHERE s.tag = %(site)s AND a.retired_at IS NULL AND n.is_own AND n.retired_at IS NULL
    UNION ALL
    SELECT
        'parameter', concat_ws(' ', coalesce(a.tag, k.tag, s.tag), nullif(p.property_set, ''), p.name),
        coalesce(a.tag, ''), NULL, ''
    FROM parameter AS p
    JOIN site AS s USING (site_id)
    LEFT JOIN asset AS a USING (asset_id)
    LEFT JOIN asset_class AS k ON k.class_id = p.class_id
    WHERE s.tag = %(site)s AND a.retired_at IS NULL
    UNION ALL
    SELECT
        'document', concat_ws(' ', coalesce(a.tag, k.tag, s.tag), d.title, nullif(d.version, '')),
        coalesce(a.tag, ''), NULL, concat_ws(' ', coalesce(a.tag, k.tag, s.tag), d.title)
    FROM register_document AS d
    JOIN site AS s USING (site_id)
    LEFT JOIN asset AS a USING (asset_id)
    LEFT JOIN asset_class AS k ON k.class_id = d.class_id
    WHERE s.tag = %(site)s AND a.retired_at IS NULL
    UNION ALL
    SELECT 'part use', n.number || ' ' || coalesce(a.tag, k.tag), coalesce(a.tag, ''), NULL, ''
    FROM part_use AS u
    JOIN part AS n USING (part_id)
    JOIN site AS s USING (site_id)
    LEFT JOIN asset AS a ON a.asset_id = u.asset_id
    LEFT JOIN asset_class AS k ON k.class_id = u.class_id
    WHERE s.tag = %(site)s AND a.retired_at IS NULL
    UNION ALL
    SELECT 'global id', g.model || ' ' || g.global_id, a.tag, NULL, ''
    FROM global_id AS g
    JOIN site AS s USING (site_id)
    JOIN asset AS a USING (asset_id)
    WHERE s.tag = %(site)s AND a.retired_at IS NULL
    UNION ALL
    SELECT 'maintenance plan', a.tag || ' ' || m.tag, a.tag, NULL, m.tag
    FROM maintenance_plan AS m
    JOIN asset AS a USING (asset_id)
    JOIN site AS s USING (site_id)
    WHERE s.tag = %(site)s AND a.retired_at IS NULL AND m.is_active
    UNION ALL
    SELECT 'job plan', j.tag, '', NULL, ''
    FROM (SELECT DISTINCT ON (tag) tag, retired_at, request_id FROM job_plan ORDER BY tag, version DESC) AS j
    WHERE j.retired_at IS NULL AND j.request_id IS NULL
) AS h
JOIN put USING (kind, item)
ORDER BY h.asset, h.kind, h.item;

-- name: stood
-- The register of a site as it stood at an instant: the last word on each item, with whoever said it.
SELECT DISTINCT ON (c.kind, c.item)
    c.change_id, c.site, c.kind, c.item, c.at, c.by, c.recognised, c.before, c.said,
    coalesce(i.file, '') AS file, c.request_id
FROM register_change AS c
LEFT JOIN register_import AS i USING (import_id)
WHERE c.at < %(until)s AND c.site IN ('', %(site)s)
ORDER BY c.kind, c.item, c.change_id DESC;

-- name: between
-- What changed in the register of a site between two instants, in order.
SELECT
    c.change_id, c.site, c.kind, c.item, c.at, c.by, c.recognised, c.before, c.said,
    coalesce(i.file, '') AS file, c.request_id
FROM register_change AS c
LEFT JOIN register_import AS i USING (import_id)
WHERE c.at >= %(since)s AND c.at < %(until)s AND c.site IN ('', %(site)s)
ORDER BY c.change_id;

-- name: first
-- Since when changes are noted.
SELECT min(at) AS at
FROM register_change
WHERE site IN ('', %(site)s);
