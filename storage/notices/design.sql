-- name: groups
-- Machines by class, maker, model and operating context at a site, with the years they ran in a window, and the failures
-- that were confirmed meanwhile, by each failure mode of the class that any site met, and by the mode `also`. Machines that
-- nobody described are one group of their own.
WITH stretch AS (
    SELECT
        s.site_id, s.tag AS site, c.class_id, c.tag AS asset_class, coalesce(e.manufacturer, '') AS manufacturer,
        coalesce(e.model, '') AS model, a.area AS context, i.asset_id,
        greatest(i.installed_from, %(since)s) AS begins, least(coalesce(i.installed_to, %(until)s), %(until)s) AS ends
    FROM installation AS i
    JOIN asset AS a USING (asset_id)
    JOIN site AS s USING (site_id)
    JOIN asset_class AS c ON c.class_id = a.class_id
    LEFT JOIN equipment AS e USING (equipment_id)
    WHERE a.retired_at IS NULL AND i.installed_from < %(until)s
        AND coalesce(i.installed_to, %(until)s) > %(since)s
        AND (%(site)s::text IS NULL OR s.tag = %(site)s)
),
ran AS (
    SELECT
        t.*,
        extract(epoch FROM t.ends - t.begins) - coalesce((
            SELECT sum(extract(epoch FROM
                least(coalesce(x.ended, %(until)s), t.ends) - greatest(x.began, t.begins)
            ))
            FROM suppression AS x
            WHERE x.asset_id = t.asset_id AND x.reason = 'out_of_service'
                AND x.began < t.ends AND coalesce(x.ended, %(until)s) > t.begins
        ), 0) AS seconds
    FROM stretch AS t
),
failed AS (
    SELECT t.asset_id, t.begins, k.failure_mode, k.order_id
    FROM stretch AS t
    JOIN work_order AS o USING (asset_id)
    JOIN work_order_closing AS k USING (order_id)
    WHERE k.outcome = 'confirmed'
        AND coalesce(k.failed_at, o.created_at) >= t.begins AND coalesce(k.failed_at, o.created_at) < t.ends
),
years AS (
    SELECT site_id, site, class_id, asset_class, manufacturer, model, context,
        sum(greatest(seconds, 0)) / 31557600.0 AS years, count(DISTINCT asset_id) AS machines
    FROM ran
    GROUP BY site_id, site, class_id, asset_class, manufacturer, model, context
),
counted AS (
    SELECT r.site_id, r.class_id, r.manufacturer, r.model, r.context, f.failure_mode,
        count(*) AS failures, array_agg(f.order_id ORDER BY f.order_id) AS orders
    FROM failed AS f
    JOIN ran AS r USING (asset_id, begins)
    GROUP BY r.site_id, r.class_id, r.manufacturer, r.model, r.context, f.failure_mode
)
SELECT
    y.site_id, y.site, y.class_id, y.asset_class, m.failure_mode, y.manufacturer, y.model, y.context, y.years::float8,
    y.machines, coalesce(n.failures, 0) AS failures, coalesce(n.orders, '{}') AS orders
FROM years AS y
JOIN (
    SELECT class_id, failure_mode FROM counted
    UNION
    SELECT class_id, %(also)s FROM years WHERE %(also)s::text IS NOT NULL
) AS m USING (class_id)
LEFT JOIN counted AS n USING (site_id, class_id, manufacturer, model, context, failure_mode)
ORDER BY y.asset_class, m.failure_mode, y.site, y.manufacturer, y.model, y.context;

-- name: costs
-- What some orders cost, by currency, and the hours that went into them.
SELECT b.currency, sum(b.cost)::float8 AS cost, sum(b.hours)::float8 AS hours
FROM work_order_booking AS b
WHERE b.order_id = ANY(%(orders)s)
GROUP BY b.currency
ORDER BY b.currency NULLS FIRST;

-- name: open
-- Open a request; no row where one is open for the same.
INSERT INTO design_request (
    site_id, class_id, failure_mode, manufacturer, model, context, opened_at, evidence
)
VALUES (
    %(site_id)s, %(class_id)s, %(failure_mode)s, %(manufacturer)s, %(model)s, %(context)s, %(at)s, %(evidence)s
)
ON CONFLICT DO NOTHING
RETURNING request_id;

-- name: decided_since
-- Whether the same was decided within a time.
SELECT EXISTS (
    SELECT
    FROM design_request
    WHERE site_id = %(site_id)s AND class_id = %(class_id)s AND failure_mode = %(failure_mode)s
        AND manufacturer = %(manufacturer)s AND model = %(model)s AND context = %(context)s
        AND decided_at >= %(since)s
) AS found;

-- name: list
-- Requests, the newest first.
SELECT
    r.request_id, s.tag AS site, c.tag AS asset_class, r.site_id, r.class_id, r.failure_mode, r.manufacturer, r.model,
    r.context, r.state, r.opened_at, r.evidence, r.topic_guid::text, r.decided_at, r.decided_by, r.reason, r.bcf_status,
    r.effect_told
FROM design_request AS r
JOIN site AS s USING (site_id)
JOIN asset_class AS c USING (class_id)
WHERE (%(request_id)s::integer IS NULL OR r.request_id = %(request_id)s)
    AND (%(topic_guid)s::uuid IS NULL OR r.topic_guid = %(topic_guid)s::uuid)
ORDER BY r.request_id DESC
LIMIT 500;

-- name: decide
-- Decide on a request.
UPDATE design_request
SET state = %(state)s, decided_at = %(at)s, decided_by = %(by)s, reason = %(reason)s
WHERE request_id = %(request_id)s AND state = 'open';

-- name: note_effect
-- Keep that people were told what a request brought.
UPDATE design_request
SET effect_told = %(verdict)s
WHERE request_id = %(request_id)s AND state = 'accepted' AND effect_told = '';

-- name: note_bcf
-- Keep the status that a BIM tool gave a request.
UPDATE design_request
SET bcf_status = %(status)s
WHERE request_id = %(request_id)s;

-- name: limits
-- The limits of a signal at the machines of a group that are installed now.
SELECT n.signal_id, a.tag AS asset, n.low, n.high
FROM signal AS n
JOIN asset AS a USING (asset_id)
JOIN installation AS i ON i.asset_id = a.asset_id AND i.installed_to IS NULL
LEFT JOIN equipment AS e USING (equipment_id)
WHERE n.key = %(signal)s AND n.retired_at IS NULL AND a.retired_at IS NULL
    AND a.site_id = %(site_id)s AND a.class_id = %(class_id)s AND a.area = %(context)s
    AND coalesce(e.manufacturer, '') = %(manufacturer)s AND coalesce(e.model, '') = %(model)s
ORDER BY a.tag
FOR UPDATE OF n;

-- name: set_limit
-- Set a signal's limits; they stay, whatever a later file says of its class.
UPDATE signal
SET low = %(low)s, high = %(high)s, is_own = true
WHERE signal_id = %(signal_id)s;

-- name: limits_of_later_machines
-- Give machines of a kind that were installed after its limits were changed the newest of these, unless limits are said of one itself; answers which got them, from which request.
UPDATE signal AS n
SET low = l.low, high = l.high, is_own = true
FROM (
    SELECT DISTINCT ON (g.signal_id)
        g.signal_id, a.tag AS asset, g.key, c.request_id,
        (c.after ->> 'low')::float8 AS low, (c.after ->> 'high')::float8 AS high
    FROM design_change AS c
    JOIN design_request AS r USING (request_id)
    JOIN site AS s USING (site_id)
    JOIN asset AS a ON a.site_id = r.site_id AND a.class_id = r.class_id AND a.area = r.context
    JOIN installation AS i ON i.asset_id = a.asset_id AND i.installed_to IS NULL AND i.installed_from >= c.changed_at
    LEFT JOIN equipment AS e USING (equipment_id)
    JOIN signal AS g ON g.asset_id = a.asset_id AND g.key = c.what AND g.retired_at IS NULL AND NOT g.is_own
    WHERE s.tag = %(site)s AND c.kind = 'limit' AND a.retired_at IS NULL
        AND coalesce(e.manufacturer, '') = r.manufacturer AND coalesce(e.model, '') = r.model
    ORDER BY g.signal_id, c.changed_at DESC
) AS l
WHERE n.signal_id = l.signal_id
RETURNING l.asset, l.key, l.request_id;

-- name: add_change
-- Keep what a request changed, under its next version.
INSERT INTO design_change (request_id, version, kind, what, before, after, changed_at, changed_by)
SELECT %(request_id)s, coalesce(max(version), 0) + 1, %(kind)s, %(what)s, %(before)s, %(after)s, %(at)s, %(by)s
FROM design_change
WHERE request_id = %(request_id)s;

-- name: changes
-- What a request changed.
SELECT version, kind, what, before, after, changed_at, changed_by
FROM design_change
WHERE request_id = %(request_id)s
ORDER BY version;

-- name: machines
-- The tags of the machines that a request is about, those that are installed now.
SELECT a.tag
FROM asset AS a
JOIN installation AS i ON i.asset_id = a.asset_id AND i.installed_to IS NULL
LEFT JOIN equipment AS e USING (equipment_id)
WHERE a.retired_at IS NULL AND a.site_id = %(site_id)s AND a.class_id = %(class_id)s AND a.area = %(context)s
    AND coalesce(e.manufacturer, '') = %(manufacturer)s AND coalesce(e.model, '') = %(model)s
ORDER BY a.tag
LIMIT 1000;

-- name: signals_of_order
-- The signals that led to an order, the first the most; and when it failed.
SELECT n.signal_id, a.tag AS asset, n.key, coalesce(k.failed_at, o.created_at) AS at
FROM work_order AS o
JOIN asset AS a USING (asset_id)
LEFT JOIN work_order_closing AS k USING (order_id)
JOIN LATERAL jsonb_array_elements(
    CASE WHEN jsonb_typeof(o.evidence -> 'signals') = 'array' THEN o.evidence -> 'signals' ELSE '[]' END
) WITH ORDINALITY AS led (signal, place) ON true
JOIN signal AS n ON n.asset_id = o.asset_id AND n.key = led.signal ->> 'signal'
WHERE o.order_id = %(order_id)s
ORDER BY led.place;
