-- name: add
-- Save a mapping under a name that is free; no row where the name is taken.
INSERT INTO column_mapping (site_id, name, said, saved_at, saved_by)
SELECT site_id, %(name)s, %(said)s, %(at)s, %(by)s
FROM site
WHERE tag = %(site)s
ON CONFLICT DO NOTHING
RETURNING name;

-- name: replace
-- Save a mapping under a name, whatever was saved under it; no row where the site is not there.
INSERT INTO column_mapping (site_id, name, said, saved_at, saved_by)
SELECT site_id, %(name)s, %(said)s, %(at)s, %(by)s
FROM site
WHERE tag = %(site)s
ON CONFLICT (site_id, name) DO UPDATE
SET said = excluded.said, saved_at = excluded.saved_at, saved_by = excluded.saved_by
RETURNING name;

-- name: listed
-- The mappings of one site or of all, by site and name; `name` asks for one.
SELECT s.tag AS site, m.name, m.said, m.saved_at, m.saved_by
FROM column_mapping AS m
JOIN site AS s USING (site_id)
WHERE (%(site)s::text IS NULL OR s.tag = %(site)s) AND (%(name)s::text IS NULL OR m.name = %(name)s)
ORDER BY s.tag, m.name;

-- name: drop
-- Forget a mapping; no row where there is none of that name.
DELETE FROM column_mapping AS m
USING site AS s
WHERE m.site_id = s.site_id AND s.tag = %(site)s AND m.name = %(name)s
RETURNING m.name;
