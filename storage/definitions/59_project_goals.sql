-- How far a project has come with one measure at an instant, as known then; null where it cannot be said yet.
--   schedule      days by which the completion stands later than it was planned first
--   cost          actual cost of its cost centre; where it has none, cost booked on orders at its assets, in the site's currency
--   energy        kWh a day: mean power of the signals in W, kW or MW over the last seven days of service
--   availability  EN 15341, of its assets since their service began
--   failures      that began within the first thirty days of service
CREATE OR REPLACE FUNCTION project_actual(p_project_id integer, p_measure text, p_at timestamptz)
RETURNS double precision
LANGUAGE plpgsql
STABLE
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    v_project record;
    v_from timestamptz;
BEGIN
    SELECT p.*, s.currency INTO v_project FROM project AS p JOIN site AS s USING (site_id) WHERE p.project_id = p_project_id;
    v_from := v_project.service_from;
    IF p_measure = 'schedule' THEN
        RETURN (
            WITH known AS (
                SELECT DISTINCT ON (m.key)
                    m.key,
                    coalesce(m.actual, m.forecast, m.planned) AS stands,
                    first_value(coalesce(m.planned, m.forecast)) OVER (
                        PARTITION BY m.key ORDER BY (m.planned IS NULL), m.imported_at
                    ) AS planned
                FROM project_milestone AS m
                WHERE m.project_id = p_project_id AND m.imported_at <= p_at
                ORDER BY m.key, m.imported_at DESC
            )
            SELECT k.stands - k.planned
            FROM known AS k
            WHERE k.stands IS NOT NULL
            ORDER BY (k.key = v_project.completion_key) DESC, k.stands DESC
            LIMIT 1
        );
    ELSIF p_measure = 'cost' THEN
        RETURN coalesce(
            (
                SELECT sum(c.amount)::float8
                FROM project_cost AS c
                WHERE c.project_id = p_project_id AND c.kind = 'actual' AND c.day <= (p_at AT TIME ZONE 'UTC')::date
            ),
            (
                SELECT sum(b.cost)
                FROM booked_at_asset AS b
                JOIN project_asset AS a USING (asset_id)
                WHERE a.project_id = p_project_id AND b.known_at > v_project.created_at AND b.known_at <= p_at
                    AND b.currency = v_project.currency
            ),
            0
        );
    ELSIF v_from IS NULL OR v_from >= p_at THEN
        RETURN NULL;
    ELSIF p_measure = 'energy' THEN
        RETURN (
            SELECT 24 * sum(kw_of(g.unit) * (r.total / r.n))
            FROM project_asset AS a
            JOIN signal AS g ON g.asset_id = a.asset_id AND g.retired_at IS NULL
            CROSS JOIN LATERAL (
                SELECT sum(x.total) AS total, sum(x.n) AS n
                FROM rolled_series(g.signal_id, greatest(v_from, p_at - interval '7 days'), p_at, interval '1 hour') AS x
            ) AS r
            WHERE a.project_id = p_project_id AND kw_of(g.unit) IS NOT NULL AND r.n > 0
        );
    ELSIF p_measure = 'availability' THEN
        RETURN (
            WITH state AS (
                SELECT s.asset_id, s.state, s.times * tstzrange(v_from, p_at) AS times
                FROM states_known(p_at) AS s
                JOIN project_asset AS a USING (asset_id)
                WHERE a.project_id = p_project_id AND s.times && tstzrange(v_from, p_at)
            ),
            required AS (
                SELECT asset_id, range_agg(times) AS times
                FROM state
                WHERE state IN ('in_service', 'out_of_service')
                GROUP BY asset_id
            ),
            down AS (
                SELECT d.asset_id, range_agg(d.times) AS times
                FROM (
                    SELECT o.asset_id, o.times
                    FROM outages_known(v_from, p_at, p_at) AS o
                    UNION ALL
                    SELECT asset_id, times FROM state WHERE state = 'out_of_service'
                ) AS d
                GROUP BY d.asset_id
            )
            SELECT
                (sum(seconds_in(r.times)) - sum(seconds_in(coalesce(r.times * d.times, '{}'))))
                / nullif(sum(seconds_in(r.times)), 0)
            FROM required AS r
            LEFT JOIN down AS d USING (asset_id)
        );
    ELSE
        RETURN (
            SELECT count(DISTINCT (o.asset_id, o.failure))
            FROM outage AS o
            JOIN project_asset AS a USING (asset_id)
            WHERE a.project_id = p_project_id AND o.failure IS NOT NULL AND o.known_at <= p_at
                AND o.down_from >= v_from AND o.down_from < least(p_at, v_from + interval '30 days')
        );
    END IF;
END
$$;

-- The goals that both sides of a project agreed to, each with what is reached and what was a week before.
CREATE OR REPLACE FUNCTION project_goals(p_project_id integer, p_at timestamptz)
RETURNS TABLE (
    measure text, target double precision, currency text, actual double precision, before double precision, is_met boolean,
    trend text
)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    WITH agreed AS (
        SELECT DISTINCT ON (g.measure) g.measure, g.target, s.currency
        FROM project_goal AS g
        JOIN project AS p USING (project_id)
        JOIN site AS s USING (site_id)
        WHERE g.project_id = p_project_id AND greatest(g.engineering_at, g.operations_at) <= p_at
            AND g.engineering_at IS NOT NULL AND g.operations_at IS NOT NULL
        ORDER BY g.measure, g.goal_id DESC
    ),
    reached AS MATERIALIZED (  -- else each use of a figure makes it anew
        SELECT
            a.*,
            project_actual(p_project_id, a.measure, p_at) AS actual,
            project_actual(p_project_id, a.measure, p_at - interval '7 days') AS before,
            CASE WHEN a.measure = 'availability' THEN -1 ELSE 1 END AS better_below
        FROM agreed AS a
    )
    SELECT
        r.measure, r.target, CASE WHEN r.measure = 'cost' THEN r.currency ELSE '' END, r.actual, r.before,
        r.better_below * r.actual <= r.better_below * r.target,
        CASE
            WHEN r.actual IS NULL OR r.before IS NULL THEN 'unknown'
            WHEN abs(r.actual - r.before) <= 0.005 * greatest(abs(r.actual), abs(r.before)) THEN 'same'
            WHEN r.better_below * r.actual < r.better_below * r.before THEN 'better'
            ELSE 'worse'
        END
    FROM reached AS r
    ORDER BY array_position(ARRAY['schedule', 'cost', 'energy', 'availability', 'failures'], r.measure)
$$;

-- Keep how every project stands with what was agreed, as known now; return how many goals that are.
CREATE OR REPLACE FUNCTION keep_goals(p_now timestamptz)
RETURNS bigint
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    v_kept bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('assetloop.keep_goals'));
    DELETE FROM goal_standing;
    INSERT INTO goal_standing (project_id, measure, known_at, actual, before, is_met, trend)
    SELECT p.project_id, g.measure, p_now, g.actual, g.before, g.is_met, g.trend
    FROM project AS p
    CROSS JOIN LATERAL project_goals(p.project_id, p_now) AS g;
    GET DIAGNOSTICS v_kept = ROW_COUNT;
    RETURN v_kept;
END
$$;

-- What both sides of each project agreed to, at once; how far it has come as known at `known_at`, the last look: what is
-- reached, what was a week before, and the trend. Null until the first look.
CREATE VIEW watch.project_goal AS
SELECT DISTINCT ON (g.project_id, g.measure)
    s.tag AS site, p.tag AS project, p.name, g.measure, g.target, CASE WHEN g.measure = 'cost' THEN s.currency ELSE '' END AS currency,
    k.actual, k.before, k.is_met, coalesce(k.trend, 'unknown') AS trend, k.known_at
FROM project_goal AS g
JOIN project AS p USING (project_id)
JOIN site AS s USING (site_id)
LEFT JOIN goal_standing AS k ON k.project_id = g.project_id AND k.measure = g.measure
WHERE g.engineering_at <= now() AND g.operations_at <= now()
ORDER BY g.project_id, g.measure, g.goal_id DESC;
