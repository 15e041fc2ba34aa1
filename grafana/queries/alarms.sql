-- name: load
-- How busy the operators were in the last 30 days: the busiest ten minutes, floods, and the share of time in them.
SELECT
    (
        SELECT max(told)
        FROM watch.alarm_rate
        WHERE time > now() - interval '30 days' AND ($site = '*' OR site = $site)
            AND ($area = '*' OR coalesce(nullif(area, ''), '–') = $area)
    ) AS "Most in ten minutes",
    count(*) AS "Floods",
    coalesce(sum(bundled), 0) AS "Incidents in floods"
FROM watch.alarm_flood
WHERE coalesce(ended, now()) > now() - interval '30 days' AND ($site = '*' OR site = $site)
    AND ($area = '*' OR coalesce(nullif(area, ''), '–') = $area)

-- name: in_flood
-- Which share of the last 30 days was a flood.
SELECT coalesce(sum(share_of_time), 0) AS "In flood"
FROM watch.alarm_flood
WHERE coalesce(ended, now()) > now() - interval '30 days' AND ($site = '*' OR site = $site)
    AND ($area = '*' OR coalesce(nullif(area, ''), '–') = $area)

-- name: in_time
-- Which share was acknowledged in its time.
SELECT sum(in_time)::double precision / nullif(sum(due), 0) AS "Acknowledged in time"
FROM watch.alarm_response
WHERE ($site = '*' OR site = $site) AND ($area = '*' OR coalesce(nullif(area, ''), '–') = $area)

-- name: distribution
-- In which share of all ten minutes people were told so often.
SELECT told AS "Told in ten minutes", sum(windows)::double precision / sum(sum(windows)) OVER () AS "Share of time"
FROM watch.alarm_distribution
WHERE ($site = '*' OR site = $site) AND ($area = '*' OR coalesce(nullif(area, ''), '–') = $area)
GROUP BY told, place
ORDER BY place

-- name: rate
-- How often people were told in ten minutes.
SELECT time, coalesce(nullif(area, ''), '–') AS metric, told AS value
FROM watch.alarm_rate
WHERE $__timeFilter(time) AND ($site = '*' OR site = $site) AND ($area = '*' OR coalesce(nullif(area, ''), '–') = $area)
ORDER BY 1

-- name: floods
-- Each flood of the last 30 days.
SELECT coalesce(nullif(area, ''), '–') AS "Area", began AS "Began", lasted_s AS "Lasted", bundled AS "Incidents",
    goes_on AS "Goes on"
FROM watch.alarm_flood
WHERE coalesce(ended, now()) > now() - interval '30 days' AND ($site = '*' OR site = $site)
    AND ($area = '*' OR coalesce(nullif(area, ''), '–') = $area)
ORDER BY began DESC
LIMIT 50

-- name: worst
-- What came most often in the last 30 days.
SELECT asset_id, label AS "Asset", kind AS "Kind", times AS "Times", share AS "Share"
FROM watch.alarm_worst
WHERE ($site = '*' OR site = $site) AND ($area = '*' OR coalesce(nullif(area, ''), '–') = $area)
ORDER BY times DESC, label, kind
LIMIT 10

-- name: chattering
-- What came three times or more within ten minutes.
SELECT asset_id, label AS "Asset", kind AS "Kind", times AS "Most in ten minutes", occasions AS "Occasions"
FROM watch.alarm_chattering
WHERE ($site = '*' OR site = $site) AND ($area = '*' OR coalesce(nullif(area, ''), '–') = $area)
ORDER BY times DESC, occasions DESC, label
LIMIT 25

-- name: ageing
-- What has stood for more than a day, the oldest first.
SELECT t.asset_id, t.label AS "Asset", t.kind AS "Kind", t.severity AS "Severity", t.state AS "State", t.age_s AS "Stands for"
FROM watch.alarm_stale AS t
JOIN watch.asset AS a USING (asset_id)
WHERE ($site = '*' OR a.site = $site) AND ($area = '*' OR a.area = $area)
ORDER BY t.age_s DESC
LIMIT 25

-- name: states
-- How many open alerts are in each state.
SELECT l.state AS "State", count(*) AS "Alerts"
FROM watch.alert AS l
JOIN watch.asset AS a USING (asset_id)
WHERE (l.open OR l.state IN ('Shelved', 'Suppressed by design', 'Out of service'))
    AND ($site = '*' OR a.site = $site) AND ($area = '*' OR a.area = $area)
GROUP BY 1
ORDER BY 2 DESC
