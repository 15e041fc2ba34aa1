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
