-- name: spending
-- Of some orders: the codes with which they were closed, the hours booked and the cost by currency; reversals taken off.
SELECT
    o.order_id,
    c.outcome,
    c.failure_mode,
    c.cause,
    c.action,
    c.closed_at,
    c.closed_by,
    (SELECT sum(b.hours) FROM work_order_booking AS b WHERE b.order_id = o.order_id) AS hours,
    (
        SELECT string_agg(summed.said, '; ' ORDER BY summed.said)
        FROM (
            SELECT b.currency || ' ' || sum(b.cost) AS said
            FROM work_order_booking AS b
            WHERE b.order_id = o.order_id AND b.cost IS NOT NULL
            GROUP BY b.currency
        ) AS summed
    ) AS costs
FROM unnest(%(order_ids)s::integer[]) AS o (order_id)
LEFT JOIN work_order_closing AS c USING (order_id);

-- name: bookings
-- What was booked on orders, the oldest first, behind one of them.
SELECT
    b.booking_id, b.booked_at, b.order_id, s.tag AS site, a.tag AS asset, b.booked_by, b.person, b.trade, b.worked_on,
    b.hours, b.cost, b.currency, p.number AS part, b.quantity, b.reverses, b.note
FROM work_order_booking AS b
JOIN work_order AS o USING (order_id)
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
LEFT JOIN part AS p USING (part_id)
WHERE b.booking_id > %(after)s
    AND (%(site)s::text IS NULL OR s.tag = %(site)s)
    AND (%(asset)s::text IS NULL OR a.tag = %(asset)s)
    AND (%(time_from)s::timestamptz IS NULL OR b.booked_at >= %(time_from)s)
    AND (%(time_to)s::timestamptz IS NULL OR b.booked_at < %(time_to)s)
ORDER BY b.booking_id
LIMIT %(most)s;

-- name: machines
-- Which machine is installed at each of some assets.
SELECT i.asset_id, e.manufacturer, e.model, e.serial, i.installed_from
FROM installation AS i
JOIN equipment AS e USING (equipment_id)
WHERE i.installed_to IS NULL AND i.asset_id = ANY (%(asset_ids)s::integer[]);

-- name: readings
-- What a signal measured behind an instant and before another, up to so many, as arrays.
SELECT
    array_agg(r.time ORDER BY r.time) AS times,
    array_agg(r.value ORDER BY r.time) AS measured,
    array_agg(r.flags ORDER BY r.time) AS flags
FROM (
    SELECT time, value, flags
    FROM reading
    WHERE signal_id = %(signal_id)s AND time > %(after)s AND time < %(time_to)s
    ORDER BY time
    LIMIT %(most)s
) AS r
HAVING count(*) > 0;
