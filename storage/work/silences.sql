-- name: product_faults
-- What is wrong with the product itself now that lets no telemetry come.
SELECT fault, since, says
FROM watch.product_fault
WHERE fault IN ('broker_away', 'ingest_away', 'database_read_only', 'not_storing');

-- name: heard_of
-- The assets of a site that are heard of, who speaks for each, and since when it says nothing, if so.
SELECT g.asset_id, coalesce(d.speaker, '') AS collector, f.onset AS silent_since
FROM asset AS a
JOIN site AS s USING (site_id)
JOIN guarding AS g USING (asset_id)
LEFT JOIN device_session AS d USING (asset_id)
LEFT JOIN finding AS f ON f.asset_id = a.asset_id AND f.kind = 'silent' AND f.cleared IS NULL
WHERE s.tag = %(site)s AND a.retired_at IS NULL;

-- name: common
-- Where many assets wait together because what they speak through is silent, how many, and since when.
SELECT s.tag AS site, count(*)::integer AS silent, min(f.onset) AS since
FROM finding_seen AS w
JOIN finding AS f USING (finding_id)
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
WHERE w.waits IN ('product', 'gathering') AND f.kind = 'silent' AND f.cleared IS NULL
GROUP BY s.tag;

-- name: told_sites
-- The sites of which people were told that much fell silent at once.
SELECT site
FROM notice
WHERE subject = 'system' AND subject_id = 'silent ' || site AND ended_at IS NULL;
