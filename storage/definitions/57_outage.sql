-- Every change of an asset's state is kept with its time.
CREATE OR REPLACE FUNCTION keep_asset_state()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF tg_op = 'INSERT' OR new.state <> old.state THEN
        INSERT INTO asset_state (asset_id, state, since, noted_at)
        VALUES (new.asset_id, new.state, now(), now());
    END IF;
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER asset_state_is_kept
AFTER INSERT OR UPDATE OF state ON asset
FOR EACH ROW EXECUTE FUNCTION keep_asset_state();

-- When assets were down, from what is known: failures by the times with which orders were closed, and downtime that people
-- noted, whose end may have been noted later (`end_known_at`). `failure` names what failed, once where both speak of one
-- order; it is null where the downtime was planned.
DROP VIEW IF EXISTS outage;
CREATE VIEW outage AS
SELECT
    o.asset_id, o.order_id, c.failed_at AS down_from, c.restored_at AS down_to, 'order ' || o.order_id AS failure,
    c.closed_at AS known_at, c.closed_at AS end_known_at
FROM work_order AS o
JOIN work_order_closing AS c USING (order_id)
WHERE c.outcome = 'confirmed' AND c.failed_at IS NOT NULL
UNION ALL
SELECT
    d.asset_id, d.order_id, d.down_from, d.down_to,
    CASE WHEN NOT d.is_planned THEN coalesce('order ' || d.order_id, 'downtime ' || d.downtime_id) END,
    d.noted_at, coalesce(d.down_to_noted_at, d.noted_at)
FROM downtime AS d;

-- What was booked, when: on the day on which it was worked, in the site's zone, where that was said. What takes a booking
-- back counts when that one did, so that it restates the month in which it was wrong.
DROP VIEW IF EXISTS booked_at_asset;
CREATE VIEW booked_at_asset AS
SELECT
    o.asset_id,
    o.work_type,
    coalesce(
        coalesce(w.worked_on, taken_back.worked_on)::timestamp AT TIME ZONE s.timezone,
        taken_back.booked_at,
        w.booked_at
    ) AS at,
    w.booked_at AS known_at,
    w.hours,
    w.cost,
    w.currency
FROM work_order_booking AS w
JOIN work_order AS o USING (order_id)
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
LEFT JOIN work_order_booking AS taken_back ON taken_back.booking_id = w.reverses;
