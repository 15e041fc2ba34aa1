-- Figures of the alarm system by EEMUA 191 and ISA-18.2. None is a mean: what counts is how they are spread.

-- Each time an alert became active, or people were told of it.
CREATE VIEW watch.alarm_activation AS
SELECT
    e.at AS time, a.asset_id, a.site, held.area, a.asset, a.label, a.class, l.kind, e.document->>'severity' AS severity,
    e.event, e.tells, l.alert_id
FROM alert_event AS e
JOIN alert AS l USING (alert_id)
JOIN watch.asset AS a USING (asset_id)
JOIN asset AS held USING (asset_id)
WHERE e.event IN ('raised', 'repeated') OR e.tells;

-- What the operator of an area was told, by ten minutes; ten minutes without are no row.
CREATE VIEW watch.alarm_rate AS
SELECT
    site, area, date_bin('10 minutes', time, 'epoch') AS time, count(*) FILTER (WHERE tells)::integer AS told,
    count(*)::integer AS active
FROM watch.alarm_activation
GROUP BY 1, 2, 3;

-- How many ten minutes of the last 30 days had so many: up to one is steady, ten and more are a flood.
CREATE VIEW watch.alarm_distribution AS
WITH rate AS MATERIALIZED (
    SELECT
        site, area, date_bin('10 minutes', time, 'epoch') AS time, (count(*) FILTER (WHERE tells))::integer AS told
    FROM watch.alarm_activation
    WHERE time > now() - interval '30 days'
    GROUP BY 1, 2, 3
),
place AS (
    SELECT DISTINCT s.tag AS site, a.site_id, a.area
    FROM asset AS a
    JOIN site AS s USING (site_id)
    WHERE a.retired_at IS NULL
),
span AS (
    SELECT p.site, p.area, CASE WHEN older.are_there THEN now() - interval '30 days' ELSE min(r.time) END AS since
    FROM place AS p
    CROSS JOIN LATERAL (
        SELECT EXISTS (
            SELECT
            FROM asset AS a
            JOIN alert AS l USING (asset_id)
            JOIN alert_event AS e USING (alert_id)
            WHERE a.site_id = p.site_id
                AND a.area = p.area
                AND a.retired_at IS NULL
                AND e.at <= now() - interval '30 days'
                AND (e.event IN ('raised', 'repeated') OR e.tells)
        ) AS are_there
    ) AS older
    LEFT JOIN rate AS r ON r.site = p.site AND r.area = p.area
    GROUP BY p.site, p.area, older.are_there
    HAVING older.are_there OR min(r.time) IS NOT NULL
),
counted AS (
    SELECT
        span.site, span.area, greatest(1, ceil(extract(epoch FROM now() - span.since) / 600))::integer AS windows,
        count(*) FILTER (WHERE r.told = 1)::integer AS one,
        count(*) FILTER (WHERE r.told BETWEEN 2 AND 4)::integer AS two_to_four,
        count(*) FILTER (WHERE r.told BETWEEN 5 AND 9)::integer AS five_to_nine,
        count(*) FILTER (WHERE r.told >= 10)::integer AS ten_and_more
    FROM span
    LEFT JOIN rate AS r ON r.site = span.site AND r.area = span.area AND r.time >= span.since
    GROUP BY 1, 2, 3
)
SELECT
    site, area, band.place, band.told, band.windows, round(band.windows::numeric / counted.windows, 5)::double precision
        AS share
FROM counted
CROSS JOIN LATERAL (
    VALUES
        (1, '0', greatest(0, counted.windows - one - two_to_four - five_to_nine - ten_and_more)),
        (2, '1', one),
        (3, '2–4', two_to_four),
        (4, '5–9', five_to_nine),
        (5, '10+', ten_and_more)
) AS band (place, told, windows);

-- Each flood, and which share of the last 30 days it was.
CREATE VIEW watch.alarm_flood AS
SELECT
    s.tag AS site, f.area, f.began, f.ended, f.ended IS NULL AS goes_on,
    extract(epoch FROM coalesce(f.ended, now()) - f.began)::double precision AS lasted_s,
    (SELECT count(*) FROM incident AS i WHERE i.flood_id = f.flood_id)::integer AS bundled,
    greatest(
        0, extract(epoch FROM coalesce(f.ended, now()) - greatest(f.began, now() - interval '30 days'))
    )::double precision / 2592000 AS share_of_time
FROM alarm_flood AS f
JOIN site AS s USING (site_id);

-- What came three times or more within ten minutes, in the last 30 days: `times` is the most within ten minutes.
CREATE VIEW watch.alarm_chattering AS
SELECT asset_id, site, area, asset, label, kind, max(times)::integer AS times, count(*)::integer AS occasions
FROM (
    SELECT
        asset_id, site, area, asset, label, kind,
        count(*) OVER (
            PARTITION BY asset_id, kind ORDER BY time RANGE BETWEEN interval '10 minutes' PRECEDING AND CURRENT ROW
        ) AS times
    FROM watch.alarm_activation
    WHERE event IN ('raised', 'repeated') AND time > now() - interval '30 days'
) AS counted
WHERE times >= 3
GROUP BY 1, 2, 3, 4, 5, 6;

-- What has stood for more than a day.
CREATE VIEW watch.alarm_stale AS
SELECT
    asset_id, site, asset, label, kind, severity, state, raised_at,
    extract(epoch FROM now() - raised_at)::double precision AS age_s
FROM watch.alert
WHERE cleared_at IS NULL AND open AND raised_at < now() - interval '1 day';

-- What came most often in the last 30 days, with its share of all; the first ten are the worst ten.
CREATE VIEW watch.alarm_worst AS
SELECT
    asset_id, site, area, asset, label, kind, count(*)::integer AS times,
    (count(*) / sum(count(*)) OVER (PARTITION BY site))::double precision AS share,
    row_number() OVER (PARTITION BY site ORDER BY count(*) DESC, asset, kind)::integer AS place
FROM watch.alarm_activation
WHERE event IN ('raised', 'repeated') AND time > now() - interval '30 days'
GROUP BY 1, 2, 3, 4, 5, 6;

-- Of what people were told in the last 30 days: how much was acknowledged within the time that the register gives for it,
-- ten minutes where it gives none. What is still in its time counts in neither.
CREATE VIEW watch.alarm_response AS
SELECT
    site, area, count(*)::integer AS due, count(*) FILTER (WHERE is_in_time)::integer AS in_time,
    CASE WHEN count(*) > 0 THEN (count(*) FILTER (WHERE is_in_time))::double precision / count(*) END AS share
FROM (
    SELECT
        a.site, held.area, l.acknowledged_at <= l.raised_at + due.within AS is_in_time
    FROM alert AS l
    JOIN watch.asset AS a USING (asset_id)
    JOIN asset AS held USING (asset_id)
    LEFT JOIN rationalisation AS r ON r.class_id = held.class_id AND r.kind = l.kind
    CROSS JOIN LATERAL (SELECT make_interval(secs => coalesce(r.respond_within_s, 600)) AS within) AS due
    WHERE l.told > 0
        AND l.raised_at > now() - interval '30 days'
        AND (l.acknowledged_at IS NOT NULL OR l.raised_at + due.within < now())
) AS judged
GROUP BY 1, 2;

-- Each incident with its likely root.
CREATE VIEW watch.incident AS
SELECT
    i.incident_id, s.tag AS site, i.area, i.began, i.severity, i.size, i.told_at, i.flood_id IS NOT NULL AS in_flood,
    i.acknowledged_at, i.resolved_at, i.resolved_at IS NULL AS open, root.asset_id, a.asset, a.label, root.kind,
    root.acknowledged_by
FROM incident AS i
JOIN site AS s USING (site_id)
JOIN alert AS root ON root.alert_id = i.root_alert_id
JOIN watch.asset AS a ON a.asset_id = root.asset_id;
