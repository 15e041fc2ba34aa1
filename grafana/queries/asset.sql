-- name: health
-- How the asset is.
SELECT word AS "Health"
FROM watch.health
WHERE asset_id = nullif('$asset', '')::integer

-- name: status
-- The asset in words; its tag leads to the console.
SELECT
    h.site, h.asset, h.asset AS "Asset", a.{name} AS "Name", a.area AS "Area", a.{class_name} AS "Class",
    h.health_percent AS "Percent", h.state AS "State", h.scored_at AS "Scored"
FROM watch.health AS h
JOIN watch.asset AS a USING (asset_id)
WHERE h.asset_id = nullif('$asset', '')::integer

-- name: remaining_life
-- How long the asset's machine has left: likely, and from when to when with which probability.
SELECT
    outlook AS "Outlook",
    likely_s / 86400 AS "Likely",
    low_s / 86400 AS "At least",
    high_s / 86400 AS "At most",
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

-- name: health_over_time
-- How the asset was, from when to when.
SELECT greatest(since, $__timeFrom()::timestamptz) AS time, label AS metric, rank AS value
FROM watch.health_span
WHERE asset_id = nullif('$asset', '')::integer AND since <= $__timeTo() AND until >= $__timeFrom()
ORDER BY 1

-- name: score
-- The asset's score: the worst of each interval, and the line from which it is an alarm.
SELECT $__timeGroupAlias(time, $__interval), max(score_max) AS "Score", 0.5 AS "Alarm line"
FROM watch.score
WHERE asset_id = nullif('$asset', '')::integer AND $__timeFilter(time)
GROUP BY 1
ORDER BY 1

-- name: wear
-- How far the asset has slowly left the state that it was trained in.
SELECT $__timeGroupAlias(time, $__interval), max(wear) AS "Wear"
FROM watch.wear
WHERE asset_id = nullif('$asset', '')::integer AND $__timeFilter(time)
GROUP BY 1
ORDER BY 1

-- name: series
-- The asset's signals in one unit: the mean of each interval, from readings or from the roll-up that fits the interval.
SELECT $__timeGroupAlias(either.time, $__interval), s.{name} AS metric, sum(either.mean * either.n) / sum(either.n) AS value
FROM (
    SELECT signal_id, time, value AS mean, 1 AS n
    FROM watch.series
    WHERE $__interval_ms < 60000 AND asset_id = nullif('$asset', '')::integer AND $__timeFilter(time)
        AND coalesce(nullif(unit, ''), '–') = ANY (ARRAY[$unit]::text[])
    UNION ALL
    SELECT signal_id, time, mean, n
    FROM watch.series_1m
    WHERE $__interval_ms >= 60000 AND $__interval_ms < 3600000
        AND asset_id = nullif('$asset', '')::integer AND $__timeFilter(time)
        AND coalesce(nullif(unit, ''), '–') = ANY (ARRAY[$unit]::text[])
    UNION ALL
    SELECT signal_id, time, mean, n
    FROM watch.series_1h
    WHERE $__interval_ms >= 3600000 AND asset_id = nullif('$asset', '')::integer AND $__timeFilter(time)
        AND coalesce(nullif(unit, ''), '–') = ANY (ARRAY[$unit]::text[])
) AS either
JOIN watch.signal AS s USING (signal_id)
GROUP BY 1, 2
ORDER BY 1

-- name: limits
-- The limits of the asset's signals in one unit, as lines from one end to the other.
SELECT b.at AS time, s.{name} || CASE WHEN l.is_high THEN ' ≤' ELSE ' ≥' END AS metric, l.value
FROM watch.signal AS s
CROSS JOIN LATERAL (VALUES (s.low, false), (s.high, true)) AS l (value, is_high)
CROSS JOIN (VALUES ($__timeFrom()::timestamptz), ($__timeTo()::timestamptz)) AS b (at)
WHERE s.asset_id = nullif('$asset', '')::integer AND l.value IS NOT NULL
    AND coalesce(nullif(s.unit, ''), '–') = ANY (ARRAY[$unit]::text[])
ORDER BY 1, 2

-- name: shares
-- How far each signal made each finding, over time.
SELECT greatest(onset, $__timeFrom()::timestamptz) AS time, {name} AS metric, max(share) AS value
FROM watch.finding_share
WHERE asset_id = nullif('$asset', '')::integer AND onset <= $__timeTo() AND coalesce(cleared, now()) >= $__timeFrom()
GROUP BY 1, 2
ORDER BY 1

-- name: latest
-- The newest value of every signal of the asset.
SELECT s.{name} AS "Signal", f.value AS "Value", f.unit AS "Unit", s.low AS "Low", s.high AS "High",
    f.quality AS "Quality",
    CASE WHEN f.stored_age_s IS NULL THEN 'never' WHEN f.is_silent THEN 'silent' ELSE 'heard' END AS "Signal is",
    f.stored_age_s AS "Last stored"
FROM watch.freshness AS f
JOIN watch.signal AS s USING (signal_id)
WHERE f.asset_id = nullif('$asset', '')::integer
ORDER BY s.position, s.key

-- name: orders
-- The asset's work orders, the newest first.
SELECT w.number AS "No.", w.title AS "Title", w.failure_mode AS "Failure mode",
    w.state AS "State", w.created_at AS "Raised", w.requested_finish AS "Finish by"
FROM watch.work_order AS w
WHERE w.asset_id = nullif('$asset', '')::integer
ORDER BY w.open DESC, w.created_at DESC
LIMIT 25

-- name: lessons
-- What was learnt about machines like this one, the newest first.
SELECT
    order_number(order_id) AS "No.", failure_mode AS "Failure mode", seen AS "Seen", cause AS "Cause", helped AS "What helped", changed_at AS "Kept"
FROM watch.lesson
WHERE asset_id = nullif('$asset', '')::integer
ORDER BY changed_at DESC
LIMIT 25

-- name: alerts
-- The asset's alerts, as marks on its charts.
SELECT onset AS time, coalesce(cleared_at, now()) AS timeend, {mark} AS text, {state} AS tags
FROM watch.alert
WHERE asset_id = nullif('$asset', '')::integer AND onset <= $__timeTo() AND coalesce(cleared_at, now()) >= $__timeFrom()

-- name: work
-- When the asset was worked on, as marks on its charts.
SELECT created_at AS time, coalesce(completed_at, now()) AS timeend, number || ' ' || title AS text, state AS tags
FROM (
    SELECT w.created_at, CASE WHEN w.open THEN NULL ELSE w.changed_at END AS completed_at, w.number, w.title, w.state
    FROM watch.work_order AS w
    WHERE w.asset_id = nullif('$asset', '')::integer
) AS order_of_asset
WHERE created_at <= $__timeTo() AND coalesce(completed_at, now()) >= $__timeFrom()
