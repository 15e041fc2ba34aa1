-- name: summary
-- The figures over the last thirteen months.
SELECT
    sum(required_h - down_h) / nullif(sum(required_h), 0) AS "Availability",
    sum(planned_share * labour_h) / nullif(sum(labour_h) FILTER (WHERE planned_share IS NOT NULL), 0) AS "Planned share"
FROM watch.figures_by_month
WHERE by = 'site' AND ($site = '*' OR site = $site)

-- name: times
-- MTBF and MTTR over the last thirteen months.
SELECT sum(required_h - down_h) / nullif(sum(failures), 0) AS "MTBF", sum(down_h) / nullif(sum(failures), 0) AS "MTTR"
FROM watch.figures_by_month
WHERE by = 'site' AND ($site = '*' OR site = $site)

-- name: goals
-- What both sides of each project agreed to, and how far they are.
SELECT project AS "Project", measure AS "Figure", target AS "Goal", actual AS "Value", is_met AS "Reached", trend AS "Trend"
FROM watch.project_goal
WHERE $site = '*' OR site = $site
ORDER BY project, measure

-- name: availability
-- Availability by month of each site.
SELECT time_from AS time, site AS metric, availability AS value
FROM watch.figures_by_month
WHERE by = 'site' AND $__timeFilter(time_from) AND ($site = '*' OR site = $site)
ORDER BY 1

-- name: mtbf
-- MTBF and MTTR by month.
SELECT time_from AS time, sum(required_h - down_h) / nullif(sum(failures), 0) AS "MTBF",
    sum(down_h) / nullif(sum(failures), 0) AS "MTTR"
FROM watch.figures_by_month
WHERE by = 'site' AND $__timeFilter(time_from) AND ($site = '*' OR site = $site)
GROUP BY 1
ORDER BY 1

-- name: work
-- Planned share of work and keeping to the schedule, by month.
SELECT time_from AS time, avg(planned_share) AS "Planned share", avg(schedule_compliance) AS "Schedule compliance",
    avg(first_time_fix) AS "First-time fix"
FROM watch.figures_by_month
WHERE by = 'site' AND $__timeFilter(time_from) AND ($site = '*' OR site = $site)
GROUP BY 1
ORDER BY 1

-- name: cost
-- Cost by month and currency: currencies are not added up.
SELECT f.time_from AS time, c.key AS metric, sum(c.value::double precision) AS value
FROM watch.figures_by_month AS f
CROSS JOIN LATERAL jsonb_each_text(f.costs) AS c
WHERE f.by = 'site' AND $__timeFilter(f.time_from) AND ($site = '*' OR f.site = $site)
GROUP BY 1, 2
ORDER BY 1

-- name: energy
-- Energy by month of each site.
SELECT time_from AS time, site AS metric, energy_kwh AS value
FROM watch.figures_by_month
WHERE by = 'site' AND energy_kwh IS NOT NULL AND $__timeFilter(time_from) AND ($site = '*' OR site = $site)
ORDER BY 1

-- name: classes
-- The classes of equipment over the last thirteen months, the least available first.
SELECT coalesce(c.name, f.asset_class) AS "Class", sum(f.failures) AS "Failures",
    sum(f.required_h - f.down_h) / nullif(sum(f.failures), 0) AS "MTBF",
    sum(f.required_h - f.down_h) / nullif(sum(f.required_h), 0) AS "Availability",
    sum(f.down_h) AS "Down"
FROM watch.figures_by_month AS f
LEFT JOIN (SELECT DISTINCT class, {class_name} AS name FROM watch.asset) AS c ON c.class = f.asset_class
WHERE f.by = 'class' AND ($site = '*' OR f.site = $site)
GROUP BY f.asset_class, c.name
ORDER BY 4 ASC NULLS LAST, 1

-- name: worst_assets
-- The assets that were down for longest over the last thirteen months.
SELECT a.asset_id, a.label AS "Asset", sum(f.failures) AS "Failures", sum(f.down_h) AS "Down",
    sum(f.required_h - f.down_h) / nullif(sum(f.required_h), 0) AS "Availability"
FROM watch.figures_by_month AS f
JOIN watch.asset AS a ON a.site = f.site AND a.asset = f.asset
WHERE f.by = 'asset' AND ($site = '*' OR a.site = $site) AND ($area = '*' OR a.area = $area)
GROUP BY 1, 2
ORDER BY 4 DESC NULLS LAST, 2
LIMIT 15

-- name: first_month
-- Failures in the first thirty days after each handover.
SELECT project AS "Project", name AS "Name", signed_off_at AS "Signed off", assets AS "Assets", failures AS "Failures",
    goes_on AS "Goes on"
FROM watch.first_month_failures
WHERE $site = '*' OR site = $site
ORDER BY signed_off_at DESC

-- name: design
-- Failures a machine-year before and since each accepted change of a design.
SELECT number AS "Request", coalesce(c.name, d.class) AS "Class", failure_mode AS "Failure mode", manufacturer AS "Maker", model AS "Model",
    decided_at AS "Decided", rate_before AS "A year before", rate_since AS "A year since", failures_since AS "Failures since",
    years_since AS "Machine-years since"
FROM watch.design_effect AS d
LEFT JOIN (SELECT DISTINCT class, {class_name} AS name FROM watch.asset) AS c ON c.class = d.class
WHERE $site = '*' OR d.site = $site
ORDER BY decided_at DESC

-- name: known_at
-- When the figures were made.
SELECT extract(epoch FROM now() - max(known_at)) AS "As known"
FROM watch.figures_by_month
