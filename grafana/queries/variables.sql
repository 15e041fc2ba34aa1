-- name: site
-- What the variable `site` may be.
SELECT {site_name} AS __text, site AS __value
FROM watch.asset
GROUP BY 1, 2
ORDER BY 1

-- name: area
-- What the variable `area` may be at the site.
SELECT DISTINCT area AS __text, area AS __value
FROM watch.asset
WHERE $site = '*' OR site = $site
ORDER BY 1

-- name: asset
-- What the variable `asset` may be in the area.
SELECT label || '  ' || {name} AS __text, asset_id::text AS __value
FROM watch.asset
WHERE ($site = '*' OR site = $site) AND ($area = '*' OR area = $area)
ORDER BY label

-- name: unit
-- The units that the asset's signals come in; one panel each.
SELECT DISTINCT coalesce(nullif(unit, ''), '–') AS unit
FROM watch.signal
WHERE asset_id = nullif('$asset', '')::integer
ORDER BY 1

-- name: project
-- What the variable `project` may be at the site.
SELECT project || '  ' || name AS __text, project AS __value
FROM watch.project
WHERE $site = '*' OR site = $site
ORDER BY project
