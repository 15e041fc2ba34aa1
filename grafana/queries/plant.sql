-- name: by_health
-- How many assets there are of each word.
SELECT
    count(*) FILTER (WHERE word = 'off') AS off,
    count(*) FILTER (WHERE word = 'good') AS good,
    count(*) FILTER (WHERE word = 'learning') AS learning,
    count(*) FILTER (WHERE word = 'no_model') AS no_model,
    count(*) FILTER (WHERE word = 'unknown') AS unknown,
    count(*) FILTER (WHERE word = 'silent') AS silent,
    count(*) FILTER (WHERE word = 'watch') AS watch,
    count(*) FILTER (WHERE word = 'alarm') AS alarm
FROM watch.health

-- name: count_open_alerts
-- How many alerts are open.
SELECT count(*) AS "Open alerts"
FROM watch.alert
WHERE open

-- name: count_open_orders
-- How many work orders are open.
SELECT count(*) AS "Open work orders"
FROM watch.work_order
WHERE open

-- name: newest
-- How long ago the plant last said anything that was stored.
SELECT min(stored_age_s) AS "Newest reading"
FROM watch.freshness

-- name: health
-- Every asset, the worst first.
SELECT asset_id, label AS "Asset", name AS "Name", word AS "Health", health_percent AS "Percent"
FROM watch.health
ORDER BY rank DESC, health_percent ASC NULLS LAST, label

-- name: scores
-- The worst score of each asset in each interval.
SELECT $__timeGroupAlias(time, $__interval), label AS metric, max(score_max) AS score
FROM watch.score
WHERE $__timeFilter(time)
GROUP BY 1, 2
ORDER BY 1

-- name: product
-- What is wrong with the product itself, or that nothing is.
SELECT replace(fault, '_', ' ') AS "Product", says AS "What", since AS "Since"
FROM watch.product_fault
UNION ALL
SELECT 'ok', 'telemetry is stored and jobs are done', NULL
WHERE NOT EXISTS (SELECT FROM watch.product_fault)

-- name: open_alerts
-- The open alerts, the worst first.
SELECT asset_id, label AS "Asset", severity AS "Severity", kind_name AS "Kind", state AS "State", onset AS "Onset", count AS "Count"
FROM watch.alert
WHERE open
ORDER BY severity_rank DESC, onset DESC

-- name: open_orders
-- The open work orders, the most urgent first.
SELECT asset_id, number AS "No.", label AS "Asset", title AS "Title", priority AS "Prio", state AS "State",
    requested_finish AS "Finish by"
FROM watch.work_order
WHERE open
ORDER BY priority, requested_finish

-- name: freshness
-- How long each asset has been silent, and its most silent signal. The longest silence first.
SELECT
    asset_id,
    label AS "Asset",
    CASE WHEN min(stored_age_s) IS NULL THEN 'never' WHEN bool_and(is_silent) THEN 'silent' ELSE 'heard' END AS "Device",
    min(data_age_s) AS "Newest value is from",
    min(stored_age_s) AS "Last stored",
    max(stored_age_s) AS "Oldest signal",
    count(*) AS "Signals",
    count(*) FILTER (WHERE stored_age_s IS NULL) AS "Never heard"
FROM watch.freshness
GROUP BY asset_id, label
ORDER BY min(stored_age_s) DESC NULLS FIRST, label
