-- name: product_faults
-- What is wrong with the product itself now that lets no telemetry come.
SELECT fault, since, says
FROM watch.product_fault
WHERE fault IN ('broker_away', 'ingest_away', 'database_read_only', 'not_storing');

-- name: together
-- How many assets of a site fell silent at about the same time, of how many that are heard of; and how many of those for
-- which the same collector speaks.
WITH own AS (
    SELECT a.site_id, d.speaker
    FROM asset AS a
    LEFT JOIN device_session AS d USING (asset_id)
    WHERE a.asset_id = %(asset_id)s
)
SELECT
    count(*)::integer AS known,
    count(*) FILTER (WHERE fallen.is_silent)::integer AS silent,
    count(*) FILTER (WHERE d.speaker = own.speaker)::integer AS of_collector,
    count(*) FILTER (WHERE fallen.is_silent AND d.speaker = own.speaker)::integer AS silent_of_collector
FROM own
JOIN asset AS a ON a.site_id = own.site_id AND a.retired_at IS NULL
JOIN guarding AS g USING (asset_id)
LEFT JOIN device_session AS d USING (asset_id)
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT
        FROM finding AS f
        WHERE f.asset_id = a.asset_id
            AND f.kind = 'silent'
            AND f.cleared IS NULL
            AND f.onset BETWEEN %(onset)s - interval '2 minutes' AND %(onset)s + interval '2 minutes'
    ) AS is_silent
) AS fallen;

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
