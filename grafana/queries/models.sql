-- name: charge
-- How many machines have a model in charge, and what waits.
SELECT
    (
        SELECT count(*)
        FROM watch.model AS m
        WHERE m.state = 'champion' AND ($site = '*' OR m.site = $site) AND ($area = '*' OR m.area = $area)
    ) AS "In charge",
    (
        SELECT count(*)
        FROM watch.model AS m
        WHERE m.state = 'challenger' AND ($site = '*' OR m.site = $site) AND ($area = '*' OR m.area = $area)
    ) AS "Challengers",
    (
        SELECT count(*)
        FROM watch.proposal AS p
        WHERE ($site = '*' OR p.site = $site) AND ($area = '*' OR p.area = $area)
    ) AS "Proposals"

-- name: drifting
-- How many models in charge drift.
SELECT count(*) FILTER (WHERE inputs_drift) AS "Inputs drift", count(*) FILTER (WHERE alarms_drift) AS "Alarms drift"
FROM watch.model
WHERE state = 'champion' AND ($site = '*' OR site = $site) AND ($area = '*' OR area = $area)

-- name: precision
-- Which share of what models found and people judged was confirmed, in the last twelve months.
SELECT
    count(*) FILTER (WHERE outcome = 'confirmed')::double precision / nullif(count(*), 0) AS "Precision",
    count(*) FILTER (WHERE outcome = 'false_alarm')::double precision / nullif(count(*), 0) AS "False alarms"
FROM watch.judgement
WHERE source <> 'person' AND outcome IN ('confirmed', 'false_alarm') AND labelled_at > now() - interval '12 months'
    AND ($site = '*' OR site = $site) AND ($area = '*' OR area = $area)

-- name: judged
-- What people said of findings, by month.
SELECT
    date_trunc('month', labelled_at) AS time,
    count(*) FILTER (WHERE outcome = 'confirmed') AS "confirmed",
    count(*) FILTER (WHERE outcome = 'false_alarm') AS "false alarm",
    count(*) FILTER (WHERE outcome = 'no_fault_found') AS "no fault found"
FROM watch.judgement
WHERE source <> 'person' AND $__timeFilter(labelled_at) AND ($site = '*' OR site = $site) AND ($area = '*' OR area = $area)
GROUP BY 1
ORDER BY 1

-- name: by_class
-- How findings of each class of equipment were judged in the last twelve months.
SELECT coalesce(c.name, j.class) AS "Class", count(*) FILTER (WHERE outcome = 'confirmed') AS "Confirmed",
    count(*) FILTER (WHERE outcome = 'false_alarm') AS "False alarms",
    count(*) FILTER (WHERE outcome = 'confirmed')::double precision
        / nullif(count(*) FILTER (WHERE outcome IN ('confirmed', 'false_alarm')), 0) AS "Precision",
    percentile_cont(0.5) WITHIN GROUP (ORDER BY lead_s) FILTER (WHERE outcome = 'confirmed') AS "Lead time"
FROM watch.judgement AS j
LEFT JOIN (SELECT DISTINCT class, {class_name} AS name FROM watch.asset) AS c ON c.class = j.class
WHERE source <> 'person' AND labelled_at > now() - interval '12 months'
    AND ($site = '*' OR site = $site) AND ($area = '*' OR area = $area)
GROUP BY j.class, c.name
ORDER BY 3 DESC, 1

-- name: ages
-- How old the models in charge are.
SELECT band.name AS "Age", count(m.model_id) AS "Models"
FROM (
    VALUES
        (1, '< 7 d', 0, 604800), (2, '7–30 d', 604800, 2592000), (3, '30–90 d', 2592000, 7776000),
        (4, '90–365 d', 7776000, 31536000), (5, '> 365 d', 31536000, 1e12)
) AS band (place, name, least_s, most_s)
LEFT JOIN watch.model AS m
    ON m.state = 'champion' AND m.age_s >= band.least_s AND m.age_s < band.most_s
        AND ($site = '*' OR m.site = $site) AND ($area = '*' OR m.area = $area)
GROUP BY band.place, band.name
ORDER BY band.place

-- name: models
-- Every model, those that drift first.
SELECT asset_id, label AS "Asset", {name} AS "Name", kind AS "Kind", version AS "Version", state AS "State",
    age_s AS "Age", data_rows AS "Rows", line AS "Alarm line", inputs_drift AS "Inputs", alarms_drift AS "Alarms"
FROM watch.model
WHERE ($site = '*' OR site = $site) AND ($area = '*' OR area = $area)
ORDER BY coalesce(inputs_drift, false) OR coalesce(alarms_drift, false) DESC, age_s DESC
LIMIT 200

-- name: proposals
-- What is proposed to be trained anew.
SELECT asset_id, label AS "Asset", reason AS "Reason", raised_at AS "Raised"
FROM watch.proposal
WHERE ($site = '*' OR site = $site) AND ($area = '*' OR area = $area)
ORDER BY raised_at
LIMIT 100
