-- Seconds in ranges of time, each instant once.
CREATE OR REPLACE FUNCTION seconds_in(p_times tstzmultirange)
RETURNS double precision
LANGUAGE sql
IMMUTABLE
AS $$
    SELECT coalesce(sum(extract(epoch FROM upper(r) - lower(r))), 0)::float8
    FROM unnest(p_times) AS r
$$;

-- In which state each asset was when, as known at an instant. Not of its own rights: it becomes part of the query that asks.
CREATE OR REPLACE FUNCTION states_known(p_known_at timestamptz)
RETURNS TABLE (asset_id integer, state text, times tstzrange)
LANGUAGE sql
STABLE
AS $$
    SELECT
        s.asset_id,
        s.state,
        tstzrange(
            s.since,
            least(
                lead(s.since) OVER (PARTITION BY s.asset_id ORDER BY s.since, s.asset_state_id),
                CASE WHEN a.retired_at <= p_known_at THEN greatest(a.retired_at, s.since) END,
                greatest(p_known_at, s.since)
            )
        )
    FROM asset_state AS s
    JOIN asset AS a USING (asset_id)
    WHERE s.noted_at <= p_known_at
$$;

-- The outages that touch a span of time, as known at an instant: one whose end was not known then had not ended.
CREATE OR REPLACE FUNCTION outages_known(p_from timestamptz, p_to timestamptz, p_known_at timestamptz)
RETURNS TABLE (asset_id integer, failure text, times tstzrange, down_from timestamptz, down_to timestamptz)
LANGUAGE sql
STABLE
AS $$
    SELECT
        o.asset_id,
        o.failure,
        tstzrange(o.down_from, greatest(coalesce(least(e.down_to, p_known_at), p_known_at), o.down_from)),
        o.down_from,
        CASE WHEN e.down_to <= p_known_at THEN e.down_to END
    FROM outage AS o
    CROSS JOIN LATERAL (SELECT CASE WHEN o.end_known_at <= p_known_at THEN o.down_to END AS down_to) AS e
    WHERE o.known_at <= p_known_at AND o.down_from < p_to AND coalesce(e.down_to, p_known_at) > p_from
$$;

-- The raw elements of every figure: one row an asset and a day, month or the whole span, as known at an instant. Days and
-- months are those of the site's zone, so that a day may have 23 or 25 hours.
CREATE OR REPLACE FUNCTION time_elements(
    p_from timestamptz, p_to timestamptz, p_known_at timestamptz, p_bucket text
)
RETURNS TABLE (
    asset_id integer, site_id integer, class_id integer, time_from timestamptz, time_to timestamptz,
    required_s double precision, down_s double precision, failures bigint, restored bigint, restoration_s double precision,
    labour_h double precision, planned_h double precision, due bigint, due_in_time bigint, open_orders bigint,
    closed_orders bigint, fixed bigint, fixed_at_once bigint, confirmed bigint, missed bigint, false_alarms bigint,
    leads_s double precision[], costs jsonb
)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    WITH span AS (
        SELECT
            s.site_id,
            greatest(b.at AT TIME ZONE s.timezone, p_from) AS time_from,
            least((b.at + b.step) AT TIME ZONE s.timezone, p_to) AS time_to
        FROM site AS s
        CROSS JOIN LATERAL (
            SELECT at, ('1 ' || p_bucket)::interval AS step
            FROM generate_series(
                date_trunc(p_bucket, p_from AT TIME ZONE s.timezone), p_to AT TIME ZONE s.timezone,
                ('1 ' || p_bucket)::interval
            ) AS at
            WHERE p_bucket IN ('day', 'month')
            UNION ALL
            SELECT p_from AT TIME ZONE s.timezone, (p_to AT TIME ZONE s.timezone) - (p_from AT TIME ZONE s.timezone)
            WHERE p_bucket NOT IN ('day', 'month')
        ) AS b
    ),
    bucket AS (
        SELECT a.asset_id, a.site_id, a.class_id, p.time_from, p.time_to, tstzrange(p.time_from, p.time_to) AS times
        FROM asset AS a
        JOIN span AS p USING (site_id)
        WHERE p.time_from < p.time_to
    ),
    state AS (SELECT * FROM states_known(p_known_at)),
    required AS (
        SELECT b.asset_id, b.time_from, range_agg(s.times * b.times) AS times
        FROM bucket AS b
        JOIN state AS s ON s.asset_id = b.asset_id AND s.times && b.times
        WHERE s.state IN ('in_service', 'out_of_service')
        GROUP BY b.asset_id, b.time_from
    ),
    known AS (SELECT * FROM outages_known(p_from, p_to, p_known_at)),
    down AS (
        SELECT b.asset_id, b.time_from, range_agg(d.times * b.times) AS times
        FROM bucket AS b
        JOIN (
            SELECT k.asset_id, k.times FROM known AS k
            UNION ALL
            SELECT s.asset_id, s.times FROM state AS s WHERE s.state = 'out_of_service'
        ) AS d ON d.asset_id = b.asset_id AND d.times && b.times
        GROUP BY b.asset_id, b.time_from
    ),
    failure AS (
        SELECT
            k.asset_id,
            k.failure,
            min(k.down_from) AS failed_at,
            CASE WHEN count(*) = count(k.down_to) THEN max(k.down_to) END AS restored_at,
            seconds_in(range_agg(k.times)) AS seconds
        FROM known AS k
        WHERE k.failure IS NOT NULL
        GROUP BY k.asset_id, k.failure
    ),
    failing AS (
        SELECT
            b.asset_id,
            b.time_from,
            count(*) FILTER (WHERE b.times @> f.failed_at) AS failures,
            count(*) FILTER (WHERE b.times @> f.restored_at) AS restored,
            sum(f.seconds) FILTER (WHERE b.times @> f.restored_at) AS restoration_s
        FROM bucket AS b
        JOIN failure AS f ON f.asset_id = b.asset_id AND (b.times @> f.failed_at OR b.times @> f.restored_at)
        JOIN state AS s ON s.asset_id = f.asset_id AND s.times @> f.failed_at
        WHERE s.state IN ('in_service', 'out_of_service')
        GROUP BY b.asset_id, b.time_from
    ),
    booked AS (
        SELECT
            b.asset_id,
            b.time_from,
            sum(w.hours)::float8 AS labour_h,
            (sum(w.hours) FILTER (WHERE w.work_type <> 'corrective'))::float8 AS planned_h
        FROM bucket AS b
        JOIN booked_at_asset AS w ON w.asset_id = b.asset_id AND b.times @> w.at
        WHERE w.known_at <= p_known_at AND w.hours IS NOT NULL
        GROUP BY b.asset_id, b.time_from
    ),
    spent AS (
        SELECT p.asset_id, p.time_from, jsonb_object_agg(p.currency, p.cost) AS costs
        FROM (
            SELECT b.asset_id, b.time_from, w.currency, sum(w.cost)::float8 AS cost
            FROM bucket AS b
            JOIN booked_at_asset AS w ON w.asset_id = b.asset_id AND b.times @> w.at
            WHERE w.known_at <= p_known_at AND w.cost IS NOT NULL
            GROUP BY b.asset_id, b.time_from, w.currency
        ) AS p
        GROUP BY p.asset_id, p.time_from
    ),
    planned AS (
        SELECT
            b.asset_id,
            b.time_from,
            count(*) FILTER (WHERE b.times @> o.requested_finish AND o.requested_finish <= p_known_at) AS due,
            count(*) FILTER (
                WHERE b.times @> o.requested_finish AND o.requested_finish <= p_known_at
                    AND o.completed_at <= o.requested_finish
            ) AS due_in_time,
            count(*) FILTER (
                WHERE o.created_at < least(b.time_to, p_known_at)
                    AND (o.completed_at IS NULL OR o.completed_at >= least(b.time_to, p_known_at))
            ) AS open_orders,
            count(*) FILTER (
                WHERE o.completed_at >= least(b.time_to, p_known_at) - interval '84 days'
                    AND o.completed_at < least(b.time_to, p_known_at)
            ) AS closed_orders
        FROM bucket AS b
        JOIN work_order AS o USING (asset_id)
        WHERE o.state <> 'CAN' AND o.created_at <= p_known_at
        GROUP BY b.asset_id, b.time_from
    ),
    repaired AS (
        SELECT
            o.asset_id,
            c.restored_at,
            lead(o.created_at) OVER (PARTITION BY o.asset_id, c.failure_mode ORDER BY o.created_at, o.order_id)
                <= c.restored_at + interval '30 days' IS NOT TRUE AS at_once
        FROM work_order AS o
        JOIN work_order_closing AS c USING (order_id)
        WHERE c.outcome = 'confirmed' AND c.closed_at <= p_known_at
    ),
    fixing AS (
        SELECT b.asset_id, b.time_from, count(*) AS fixed, count(*) FILTER (WHERE r.at_once) AS fixed_at_once
        FROM bucket AS b
        JOIN repaired AS r ON r.asset_id = b.asset_id AND b.times @> r.restored_at
        WHERE r.restored_at + interval '30 days' <= p_known_at
        GROUP BY b.asset_id, b.time_from
    ),
    judged AS (
        SELECT
            l.order_id, l.asset_id, l.outcome, bool_or(l.source <> 'person') AS noticed, min(l.labelled_at) AS at,
            extract(epoch FROM min(l.failed_at) - min(l.notified_at))::float8 AS lead_s
        FROM label AS l
        WHERE l.labelled_at <= p_known_at
        GROUP BY l.order_id, l.asset_id, l.outcome
    ),
    judging AS (
        SELECT
            b.asset_id,
            b.time_from,
            count(*) FILTER (WHERE j.outcome = 'confirmed' AND j.noticed) AS confirmed,
            count(*) FILTER (WHERE j.outcome = 'confirmed' AND NOT j.noticed) AS missed,
            count(*) FILTER (WHERE j.outcome = 'false_alarm' AND j.noticed) AS false_alarms,
            array_agg(j.lead_s) FILTER (WHERE j.outcome = 'confirmed' AND j.noticed AND j.lead_s IS NOT NULL) AS leads_s
        FROM bucket AS b
        JOIN judged AS j ON j.asset_id = b.asset_id AND b.times @> j.at
        GROUP BY b.asset_id, b.time_from
    )
    SELECT
        b.asset_id, b.site_id, b.class_id, b.time_from, b.time_to,
        seconds_in(coalesce(r.times, '{}')),
        seconds_in(coalesce(r.times * d.times, '{}')),
        coalesce(f.failures, 0), coalesce(f.restored, 0), coalesce(f.restoration_s, 0),
        coalesce(w.labour_h, 0), coalesce(w.planned_h, 0),
        coalesce(p.due, 0), coalesce(p.due_in_time, 0), coalesce(p.open_orders, 0), coalesce(p.closed_orders, 0),
        coalesce(x.fixed, 0), coalesce(x.fixed_at_once, 0),
        coalesce(j.confirmed, 0), coalesce(j.missed, 0), coalesce(j.false_alarms, 0), coalesce(j.leads_s, '{}'),
        coalesce(c.costs, '{}')
    FROM bucket AS b
    LEFT JOIN required AS r USING (asset_id, time_from)
    LEFT JOIN down AS d USING (asset_id, time_from)
    LEFT JOIN failing AS f USING (asset_id, time_from)
    LEFT JOIN booked AS w USING (asset_id, time_from)
    LEFT JOIN spent AS c USING (asset_id, time_from)
    LEFT JOIN planned AS p USING (asset_id, time_from)
    LEFT JOIN fixing AS x USING (asset_id, time_from)
    LEFT JOIN judging AS j USING (asset_id, time_from)
$$;

-- Figures of assets, classes or sites: each is made of summed elements, never of other figures. Null is "no case". Classes
-- and assets are null for all rows or for none, and compared as texts: `IS NOT DISTINCT FROM` compares each with each.
CREATE OR REPLACE FUNCTION figures(
    p_from timestamptz, p_to timestamptz, p_known_at timestamptz, p_bucket text, p_by text
)
RETURNS TABLE (
    site text, asset_class text, asset text, time_from timestamptz, time_to timestamptz, known_at timestamptz,
    required_h double precision, down_h double precision, failures bigint, mtbf_h double precision,
    mttr_h double precision, availability double precision, labour_h double precision, planned_share double precision,
    schedule_compliance double precision, open_orders bigint, backlog_weeks double precision,
    first_time_fix double precision, detection_precision double precision, detection_recall double precision,
    lead_h double precision, costs jsonb
)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = public, pg_temp
SET enable_nestloop = off  -- the planner takes the thousands of rows of time_elements for one, and would compare each with each
SET enable_mergejoin = off
AS $$
    WITH element AS (
        SELECT
            e.*,
            s.tag AS site,
            CASE WHEN p_by IN ('asset', 'class') THEN c.tag END AS asset_class,
            CASE WHEN p_by = 'asset' THEN a.tag END AS asset
        FROM time_elements(p_from, p_to, p_known_at, p_bucket) AS e
        JOIN asset AS a USING (asset_id)
        JOIN site AS s ON s.site_id = e.site_id
        JOIN asset_class AS c ON c.class_id = e.class_id
    ),
    summed AS (
        SELECT
            e.site, e.asset_class, e.asset, e.time_from, e.time_to,
            sum(e.required_s) AS required_s, sum(e.down_s) AS down_s, sum(e.failures)::bigint AS failures,
            sum(e.restored) AS restored, sum(e.restoration_s) AS restoration_s, sum(e.labour_h) AS labour_h,
            sum(e.planned_h) AS planned_h, sum(e.due) AS due, sum(e.due_in_time) AS due_in_time,
            sum(e.open_orders)::bigint AS open_orders, sum(e.closed_orders) AS closed_orders, sum(e.fixed) AS fixed,
            sum(e.fixed_at_once) AS fixed_at_once, sum(e.confirmed) AS confirmed, sum(e.missed) AS missed,
            sum(e.false_alarms) AS false_alarms
        FROM element AS e
        GROUP BY e.site, e.asset_class, e.asset, e.time_from, e.time_to
    ),
    led AS (
        SELECT
            e.site, e.asset_class, e.asset, e.time_from,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY l.lead_s) AS lead_s
        FROM element AS e
        CROSS JOIN LATERAL unnest(e.leads_s) AS l (lead_s)
        GROUP BY e.site, e.asset_class, e.asset, e.time_from
    ),
    spent AS (
        SELECT p.site, p.asset_class, p.asset, p.time_from, jsonb_object_agg(p.currency, p.cost) AS costs
        FROM (
            SELECT e.site, e.asset_class, e.asset, e.time_from, m.key AS currency, sum(m.value::float8) AS cost
            FROM element AS e
            CROSS JOIN LATERAL jsonb_each_text(e.costs) AS m
            GROUP BY e.site, e.asset_class, e.asset, e.time_from, m.key
        ) AS p
        GROUP BY p.site, p.asset_class, p.asset, p.time_from
    )
    SELECT
        s.site, s.asset_class, s.asset, s.time_from, s.time_to, p_known_at,
        s.required_s / 3600, s.down_s / 3600, s.failures,
        (s.required_s - s.down_s) / 3600 / nullif(s.failures, 0),
        s.restoration_s / 3600 / nullif(s.restored, 0)::float8,
        (s.required_s - s.down_s) / nullif(s.required_s, 0),
        s.labour_h,
        s.planned_h / nullif(s.labour_h, 0),
        s.due_in_time / nullif(s.due, 0)::float8,
        s.open_orders,
        s.open_orders / nullif(s.closed_orders / 12.0, 0)::float8,
        s.fixed_at_once / nullif(s.fixed, 0)::float8,
        s.confirmed / nullif(s.confirmed + s.false_alarms, 0)::float8,
        s.confirmed / nullif(s.confirmed + s.missed, 0)::float8,
        l.lead_s / 3600,
        coalesce(c.costs, '{}')
    FROM summed AS s
    LEFT JOIN led AS l
        ON l.site = s.site AND l.time_from = s.time_from
            AND coalesce(l.asset_class, '') = coalesce(s.asset_class, '') AND coalesce(l.asset, '') = coalesce(s.asset, '')
    LEFT JOIN spent AS c
        ON c.site = s.site AND c.time_from = s.time_from
            AND coalesce(c.asset_class, '') = coalesce(s.asset_class, '') AND coalesce(c.asset, '') = coalesce(s.asset, '')
    ORDER BY s.site, s.asset_class, s.asset, s.time_from
$$;
