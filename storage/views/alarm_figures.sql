-- name: distribution
-- How many ten minutes had so many.
SELECT site, area, told, windows, share
FROM watch.alarm_distribution
ORDER BY site, area, place;

-- name: floods
-- How often, and for which share of the last 30 days, alerts came too fast.
SELECT site, area, count(*)::integer AS floods, sum(share_of_time)::double precision AS share_of_time
FROM watch.alarm_flood
WHERE coalesce(ended, now()) > now() - interval '30 days'
GROUP BY 1, 2
ORDER BY 1, 2;

-- name: chattering
-- What came three times or more within ten minutes.
SELECT site, asset, kind, times, occasions
FROM watch.alarm_chattering
ORDER BY times DESC, occasions DESC, site, asset, kind
LIMIT 50;

-- name: stale
-- What has stood for more than a day.
SELECT site, asset, kind, severity, age_s
FROM watch.alarm_stale
ORDER BY age_s DESC
LIMIT 50;

-- name: worst
-- What came most often.
SELECT site, asset, kind, times, share
FROM watch.alarm_worst
WHERE place <= 10
ORDER BY site, place;

-- name: response
-- How much was acknowledged in time.
SELECT site, area, due, in_time, share
FROM watch.alarm_response
ORDER BY site, area;
