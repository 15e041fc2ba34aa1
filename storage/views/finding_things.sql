-- name: assets
-- Assets whose tag, name or class hold each word of a text, an exact tag and those that begin with it first; then those
-- of which a signal is called so.
SELECT s.tag AS site, a.tag AS asset, a.name, a.name_zh, a.area, c.tag AS asset_class
FROM asset AS a
JOIN site AS s USING (site_id)
JOIN asset_class AS c USING (class_id)
CROSS JOIN LATERAL (
    SELECT bool_and(
        position(lower(w) IN lower(concat_ws(' ', a.tag, a.name, a.name_zh, c.tag, c.name, c.name_zh))) > 0
    ) AS itself
    FROM unnest(%(words)s::text[]) AS w
) AS called
WHERE a.retired_at IS NULL
    AND (
        called.itself
        OR a.asset_id IN (
            SELECT g.asset_id
            FROM signal AS g
            JOIN asset AS ga USING (asset_id)
            LEFT JOIN class_signal AS k ON k.class_id = ga.class_id AND k.key = g.key
            WHERE g.retired_at IS NULL
                AND position(lower(%(text)s) IN lower(concat_ws(' ', g.name, g.name_zh, k.name, k.name_zh))) > 0
        )
    )
ORDER BY
    lower(a.tag) <> lower(%(text)s), NOT called.itself, position(lower(%(text)s) IN lower(a.tag)) <> 1, a.tag
LIMIT %(most)s;

-- name: documents
-- Documents of projects whose title or file holds a text, the newest version of each.
SELECT DISTINCT ON (d.title, j.tag) d.title, d.version, d.file, j.tag AS project, s.tag AS site, a.tag AS asset
FROM project_document AS d
JOIN project AS j USING (project_id)
JOIN site AS s USING (site_id)
LEFT JOIN asset AS a USING (asset_id)
WHERE position(lower(%(text)s) IN lower(concat_ws(' ', d.title, d.file))) > 0
ORDER BY d.title, j.tag, d.added_at DESC
LIMIT %(most)s;

-- name: labelled
-- The assets for which labels are printed: of a site, an area of it, or one of them; and how many there are.
SELECT s.tag AS site, a.tag AS asset, a.name, a.name_zh, a.area, c.tag AS asset_class, count(*) OVER () AS total
FROM asset AS a
JOIN site AS s USING (site_id)
JOIN asset_class AS c USING (class_id)
WHERE a.retired_at IS NULL
    AND (%(site)s::text IS NULL OR s.tag = %(site)s)
    AND (%(area)s::text IS NULL OR a.area = %(area)s)
    AND (%(asset)s::text IS NULL OR a.tag = %(asset)s)
ORDER BY s.tag, a.area, a.tag
OFFSET %(skip)s
LIMIT %(most)s;
