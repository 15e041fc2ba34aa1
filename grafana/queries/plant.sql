-- name: by_health
-- How many assets there are of each word.
SELECT
    count(*) FILTER (WHERE word = 'off') AS "Not in service",
    count(*) FILTER (WHERE word = 'good') AS "Healthy",
    count(*) FILTER (WHERE word = 'learning') AS "Learning again",
    count(*) FILTER (WHERE word = 'no_model') AS "No model yet",
    count(*) FILTER (WHERE word = 'unknown') AS "Not judged",
    count(*) FILTER (WHERE word = 'silent') AS "Silent",
    count(*) FILTER (WHERE word = 'watch') AS "Watch",
    count(*) FILTER (WHERE word = 'alarm') AS "Alarm"
FROM watch.health
JOIN watch.asset AS a USING (asset_id)
WHERE ($site = '*' OR a.site = $site) AND ($area = '*' OR a.area = $area)

-- name: incidents_by_severity
-- How many incidents are open, by severity.
SELECT
    count(*) FILTER (WHERE severity = 'CRITICAL') AS "Critical",
    count(*) FILTER (WHERE severity = 'MAJOR') AS "Major",
    count(*) FILTER (WHERE severity = 'MINOR') AS "Minor",
    count(*) FILTER (WHERE severity NOT IN ('CRITICAL', 'MAJOR', 'MINOR')) AS "Lesser"
FROM watch.open_incident
WHERE ($site = '*' OR site = $site) AND ($area = '*' OR area = $area)

-- name: attention
-- What is open.
SELECT
    (
        SELECT count(*)
        FROM watch.alert AS l
        JOIN watch.asset AS a USING (asset_id)
        WHERE l.open AND ($site = '*' OR a.site = $site) AND ($area = '*' OR a.area = $area)
    ) AS "Open alerts",
    count(*) AS "Open work orders",
    count(*) FILTER (WHERE is_overdue) AS "Overdue"
FROM watch.order_due
WHERE ($site = '*' OR site = $site) AND ($area = '*' OR area = $area)

-- name: newest
-- How long ago the plant last said anything that was stored.
SELECT min(f.stored_age_s) AS "Newest reading"
FROM watch.freshness AS f
JOIN watch.asset AS a USING (asset_id)
WHERE ($site = '*' OR a.site = $site) AND ($area = '*' OR a.area = $area)

-- name: area_health
-- The worst health in each area, interval by interval.
SELECT b.at AS time, s.area AS metric, max(s.rank) AS value
FROM generate_series($__timeFrom()::timestamptz, $__timeTo()::timestamptz, '$__interval'::interval) AS b (at)
JOIN watch.health_span AS s ON s.since < b.at + '$__interval'::interval AND s.until > b.at
WHERE s.until >= $__timeFrom() AND ($site = '*' OR s.site = $site) AND ($area = '*' OR s.area = $area)
GROUP BY 1, 2
ORDER BY 1, 2

-- name: asset_health
-- The worst health of each asset, interval by interval; those that were worst of all, and no more than forty.
WITH span AS MATERIALIZED (
    SELECT asset_id, label, since, until, rank
    FROM watch.health_span
    WHERE until >= $__timeFrom() AND since <= $__timeTo()
        AND ($site = '*' OR site = $site) AND ($area = '*' OR area = $area)
),
shown AS (
    SELECT asset_id
    FROM span
    GROUP BY asset_id
    ORDER BY max(rank) DESC, min(label)
    LIMIT 40
)
SELECT b.at AS time, s.label AS metric, max(s.rank) AS value
FROM generate_series($__timeFrom()::timestamptz, $__timeTo()::timestamptz, '$__interval'::interval) AS b (at)
JOIN span AS s ON s.since < b.at + '$__interval'::interval AND s.until > b.at
WHERE s.asset_id IN (SELECT asset_id FROM shown)
GROUP BY 1, 2
ORDER BY 1, 2

-- name: health
-- Every asset, the worst first.
SELECT
    h.asset_id, h.label AS "Asset", a.{name} AS "Name", a.area AS "Area", h.word AS "Health", h.health_percent AS "Percent"
FROM watch.health AS h
JOIN watch.asset AS a USING (asset_id)
WHERE ($site = '*' OR a.site = $site) AND ($area = '*' OR a.area = $area)
ORDER BY h.rank DESC, h.health_percent ASC NULLS LAST, h.label
LIMIT 200

-- name: scores
-- The worst score of each of the ten worst assets in each interval.
SELECT $__timeGroupAlias(time, $__interval), label AS metric, max(score_max) AS score
FROM watch.score
WHERE $__timeFilter(time)
    AND asset_id = ANY (ARRAY(
        SELECT h.asset_id
        FROM watch.health AS h
        JOIN watch.asset AS a USING (asset_id)
        WHERE ($site = '*' OR a.site = $site) AND ($area = '*' OR a.area = $area)
        ORDER BY h.rank DESC, h.score DESC NULLS LAST, h.label
        LIMIT 10
    ))
GROUP BY 1, 2
ORDER BY 1

-- name: incidents
-- The open incidents, the worst first, each with its likely root, since when, and who has it.
SELECT
    asset_id, severity AS "Severity", area AS "Area", label AS "Asset", kind AS "Kind", began AS "Began",
    coalesce({held_by}, '–') AS "Who has it"
FROM watch.open_incident
WHERE ($site = '*' OR site = $site) AND ($area = '*' OR area = $area)
ORDER BY severity_rank DESC, began DESC
LIMIT 100

-- name: open_alerts
-- The open alerts, the worst first.
SELECT l.asset_id, l.label AS "Asset", l.severity AS "Severity", l.kind AS "Kind", l.state AS "State",
    l.onset AS "Onset", l.count AS "Count"
FROM watch.alert AS l
JOIN watch.asset AS a USING (asset_id)
WHERE l.open AND ($site = '*' OR a.site = $site) AND ($area = '*' OR a.area = $area)
ORDER BY l.severity_rank DESC, l.onset DESC
LIMIT 100

-- name: orders_due
-- The open work orders, those that are due first.
SELECT asset_id, number AS "No.", label AS "Asset", title AS "Title", state AS "State",
    requested_finish AS "Finish by", left_s / 3600 AS "Left"
FROM watch.order_due
WHERE ($site = '*' OR site = $site) AND ($area = '*' OR area = $area)
ORDER BY requested_finish, priority
LIMIT 100

-- name: energy
-- What each area drew in each hour.
SELECT time, area AS metric, sum(kwh) AS value
FROM watch.energy_1h
WHERE $__timeFilter(time) AND ($site = '*' OR site = $site) AND ($area = '*' OR area = $area)
GROUP BY 1, 2
ORDER BY 1

-- name: energy_total
-- What was drawn in the time that is looked at.
SELECT sum(kwh) AS "Energy"
FROM watch.energy_1h
WHERE $__timeFilter(time) AND ($site = '*' OR site = $site) AND ($area = '*' OR area = $area)

-- name: changes
-- What has changed since the last shift began, the newest first.
SELECT
    c.asset_id, c.time AS "Time", c.label AS "Asset", c.kind AS "What changed", c.event AS "To", c.{says} AS "What"
FROM watch.change AS c
JOIN watch.last_shift AS s USING (site)
WHERE c.time >= now() - interval '16 hours'
    AND c.time >= s.began AND ($site = '*' OR c.site = $site) AND ($area = '*' OR c.area = $area)
ORDER BY c.time DESC
LIMIT 100

-- name: product
-- What is wrong with the product itself, or that nothing is.
SELECT fault AS "Product", says AS "What", since AS "Since"
FROM watch.product_fault
UNION ALL
SELECT 'ok', '', NULL
WHERE NOT EXISTS (SELECT FROM watch.product_fault)

-- name: freshness
-- How long each asset has been silent, and its most silent signal. The longest silence first.
SELECT
    f.asset_id,
    f.label AS "Asset",
    CASE WHEN min(f.stored_age_s) IS NULL THEN 'never' WHEN bool_and(f.is_silent) THEN 'silent' ELSE 'heard' END AS "Device",
    greatest(min(f.data_age_s), 0) AS "Newest value is from",
    min(f.stored_age_s) AS "Last stored",
    max(f.stored_age_s) AS "Oldest signal",
    count(*) AS "Signals",
    count(*) FILTER (WHERE f.stored_age_s IS NULL) AS "Never heard"
FROM watch.freshness AS f
JOIN watch.asset AS a USING (asset_id)
WHERE ($site = '*' OR a.site = $site) AND ($area = '*' OR a.area = $area)
GROUP BY f.asset_id, f.label
ORDER BY min(f.stored_age_s) DESC NULLS FIRST, f.label
LIMIT 100
