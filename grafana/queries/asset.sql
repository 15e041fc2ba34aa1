-- name: variable_asset
-- What the variable `asset` may be.
SELECT label || '  ' || name AS __text, asset_id::text AS __value
FROM watch.asset
ORDER BY label

-- name: variable_unit
-- The units that the asset's signals come in; one panel each.
SELECT DISTINCT coalesce(nullif(unit, ''), 'no unit') AS unit
FROM watch.freshness
WHERE asset_id = nullif('$asset', '')::integer
ORDER BY 1

-- name: health
-- How the asset is.
SELECT word AS "Health"
FROM watch.health
WHERE asset_id = nullif('$asset', '')::integer

-- name: status
-- The asset in words.
SELECT word AS "Health", health_percent AS "Percent", class_name AS "Class", state AS "State", scored_at AS "Scored"
FROM watch.health
WHERE asset_id = nullif('$asset', '')::integer

-- name: remaining_life
-- How long the asset's machine has left: likely, and from when to when with which probability.
SELECT
    CASE outlook
        WHEN 'known' THEN 'known'
        WHEN 'reached' THEN 'limit reached'
        WHEN 'too_short' THEN 'unknown, too little data'
        WHEN 'no_trend' THEN 'unknown, no trend'
        ELSE 'unknown, far ahead'
    END AS "Outlook",
    likely_s AS "Likely",
    low_s AS "At least",
    high_s AS "At most",
    coverage AS "Probability",
    wear_limit AS "Wear limit",
    time AS "As of"
FROM watch.remaining_life
WHERE asset_id = nullif('$asset', '')::integer

-- name: attention
-- What is open about the asset.
SELECT
    (SELECT count(*) FROM watch.alert WHERE open AND asset_id = nullif('$asset', '')::integer) AS "Open alerts",
    (SELECT count(*) FROM watch.work_order WHERE open AND asset_id = nullif('$asset', '')::integer) AS "Open work orders"

-- name: score
-- The asset's score: the worst of each interval.
SELECT $__timeGroupAlias(time, $__interval), max(score_max) AS "Score"
FROM watch.score
WHERE asset_id = nullif('$asset', '')::integer AND $__timeFilter(time)
GROUP BY 1
ORDER BY 1

-- name: series
-- The asset's signals in one unit: the mean of each interval, from readings or from the roll-up that fits the interval.
SELECT $__timeGroupAlias(time, $__interval), metric, sum(mean * n) / sum(n) AS value
FROM (
    SELECT time, coalesce(nullif(name, ''), signal) AS metric, value AS mean, 1 AS n
    FROM watch.series
    WHERE $__interval_ms < 60000
        AND asset_id = nullif('$asset', '')::integer AND $__timeFilter(time)
        AND coalesce(nullif(unit, ''), 'no unit') = ANY (ARRAY[$unit]::text[])
    UNION ALL
    SELECT time, coalesce(nullif(name, ''), signal), mean, n
    FROM watch.series_1m
    WHERE $__interval_ms >= 60000 AND $__interval_ms < 3600000
        AND asset_id = nullif('$asset', '')::integer AND $__timeFilter(time)
        AND coalesce(nullif(unit, ''), 'no unit') = ANY (ARRAY[$unit]::text[])
    UNION ALL
    SELECT time, coalesce(nullif(name, ''), signal), mean, n
    FROM watch.series_1h
    WHERE $__interval_ms >= 3600000
        AND asset_id = nullif('$asset', '')::integer AND $__timeFilter(time)
        AND coalesce(nullif(unit, ''), 'no unit') = ANY (ARRAY[$unit]::text[])
) AS either
GROUP BY 1, 2
ORDER BY 1

-- name: latest
-- The newest value of every signal of the asset.
SELECT coalesce(nullif(name, ''), signal) AS "Signal", value AS "Value", unit AS "Unit", quality AS "Quality",
    CASE WHEN stored_age_s IS NULL THEN 'never' WHEN is_silent THEN 'silent' ELSE 'heard' END AS "Signal is",
    stored_age_s AS "Last stored"
FROM watch.freshness
WHERE asset_id = nullif('$asset', '')::integer
ORDER BY signal_id

-- name: alerts
-- The asset's alerts, as marks on its charts.
SELECT onset AS time, coalesce(cleared_at, now()) AS timeend, severity || ': ' || kind_name AS text, state AS tags
FROM watch.alert
WHERE asset_id = nullif('$asset', '')::integer AND onset <= $__timeTo() AND coalesce(cleared_at, now()) >= $__timeFrom()
