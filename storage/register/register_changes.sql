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
-- What stands in a site's register because imports of a file put it there: assets (no key), and signals said of an asset.
SELECT a.tag AS asset, NULL AS key
FROM register_import AS i
JOIN site AS s USING (site_id)
JOIN register_change AS c USING (import_id)
JOIN asset AS a ON a.site_id = s.site_id AND a.tag = c.item AND a.retired_at IS NULL
WHERE s.tag = %(site)s AND i.kind = %(kind)s AND i.file = %(file)s AND c.kind = 'asset' AND c.before IS NULL
UNION
SELECT a.tag, n.key
FROM register_import AS i
JOIN site AS s USING (site_id)
JOIN register_change AS c USING (import_id)
JOIN asset AS a ON a.site_id = s.site_id AND a.retired_at IS NULL
JOIN signal AS n ON n.asset_id = a.asset_id AND n.is_own AND n.retired_at IS NULL AND a.tag || ' ' || n.key = c.item
WHERE s.tag = %(site)s AND i.kind = %(kind)s AND i.file = %(file)s AND c.kind = 'signal' AND c.before IS NULL
ORDER BY asset, key NULLS FIRST;

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
