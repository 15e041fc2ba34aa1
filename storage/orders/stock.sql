-- name: put_currency
-- Say in which currency a site counts; no row where it counts in another one already.
UPDATE site
SET currency = %(currency)s
WHERE tag = %(site)s AND currency IN ('', %(currency)s)
RETURNING tag;

-- name: currency
-- In which currency a site counts.
SELECT currency
FROM site
WHERE tag = %(site)s;

-- name: put_trade
-- Add a trade of a site, or change it; no row where it is the same.
INSERT INTO trade AS held (site_id, tag, name, name_zh, rate)
SELECT site_id, %(tag)s, %(name)s, %(name_zh)s, %(rate)s
FROM site
WHERE site.tag = %(site)s
ON CONFLICT (site_id, tag) DO UPDATE
SET name = excluded.name, name_zh = excluded.name_zh, rate = excluded.rate
WHERE (held.name, held.name_zh, held.rate) IS DISTINCT FROM (excluded.name, excluded.name_zh, excluded.rate)
RETURNING xmax = 0 AS added;

-- name: trades
-- The trades of a site.
SELECT t.tag, t.name, t.name_zh, t.rate
FROM trade AS t
JOIN site AS s USING (site_id)
WHERE s.tag = %(site)s
ORDER BY t.tag;

-- name: put_part
-- Add a part of a site, or change what is said of it, but not its stock; no row where it is the same.
INSERT INTO part AS held (site_id, number, name, name_zh, unit, price, least)
SELECT site_id, %(number)s, %(name)s, %(name_zh)s, %(unit)s, %(price)s, %(least)s
FROM site
WHERE site.tag = %(site)s
ON CONFLICT (site_id, number) DO UPDATE
SET
    name = excluded.name, name_zh = excluded.name_zh, unit = excluded.unit, price = coalesce(excluded.price, held.price),
    least = excluded.least
WHERE
    (held.name, held.name_zh, held.unit, held.price, held.least)
    IS DISTINCT FROM
    (excluded.name, excluded.name_zh, excluded.unit, coalesce(excluded.price, held.price), excluded.least)
RETURNING xmax = 0 AS added;

-- name: lock_named
-- Let nobody else say anything of a part or a trade until the transaction ends.
SELECT pg_advisory_xact_lock(hashtext('stock'), hashtext(%(named)s));

-- name: parts
-- The parts of every site, or of one, by number.
SELECT p.part_id, p.number, p.name, p.name_zh, p.unit, p.price, p.least, p.on_hand, p.reserved
FROM part AS p
JOIN site AS s USING (site_id)
WHERE (%(site)s::text IS NULL OR s.tag = %(site)s)
    AND (%(number)s::text IS NULL OR p.number = %(number)s)
ORDER BY s.tag, p.number
LIMIT %(most)s;

-- name: receive
-- Put parts into stock, at their price where it is said.
UPDATE part
SET on_hand = on_hand + %(quantity)s, price = coalesce(%(price)s, price)
WHERE part_id = %(part_id)s;

-- name: reserve
-- Reserve parts; no row where fewer are free.
UPDATE part
SET reserved = reserved + %(quantity)s
WHERE part_id = %(part_id)s AND on_hand - reserved >= %(quantity)s
RETURNING part_id;

-- name: release
-- Reserve fewer parts.
UPDATE part
SET reserved = reserved - %(quantity)s
WHERE part_id = %(part_id)s;

-- name: issue
-- Take parts out of stock, some of which were reserved for whoever takes them; no row where fewer are free for them.
UPDATE part
SET on_hand = on_hand - %(quantity)s, reserved = reserved - %(of_reserved)s
WHERE part_id = %(part_id)s AND on_hand - reserved + %(of_reserved)s >= %(quantity)s
RETURNING part_id;

-- name: change_reservation
-- Reserve more or less of a part for an order.
INSERT INTO part_reservation AS held (order_id, part_id, quantity)
VALUES (%(order_id)s, %(part_id)s, %(change)s)
ON CONFLICT (order_id, part_id) DO UPDATE
SET quantity = held.quantity + excluded.quantity;

-- name: less_reservation
-- Reserve less of a part for an order.
UPDATE part_reservation
SET quantity = quantity - %(quantity)s
WHERE order_id = %(order_id)s AND part_id = %(part_id)s;

-- name: reservations
-- What is reserved for an order.
SELECT p.part_id, p.number, p.name, p.name_zh, p.unit, r.quantity
FROM part_reservation AS r
JOIN part AS p USING (part_id)
WHERE r.order_id = %(order_id)s AND r.quantity > 0
ORDER BY p.number;

-- name: move
-- Write down what moved in or out of stock.
INSERT INTO part_movement (part_id, order_id, kind, quantity, price, at, by, note)
VALUES (%(part_id)s, %(order_id)s, %(kind)s, %(quantity)s, %(price)s, %(at)s, %(by)s, %(note)s);

-- name: work_hours
-- Add hours to a person's day; no row where the day would have more than 24.
INSERT INTO labour_day AS held (person, day, hours)
VALUES (%(person)s, %(day)s, %(hours)s)
ON CONFLICT (person, day) DO UPDATE
SET hours = held.hours + excluded.hours
WHERE held.hours + excluded.hours <= 24
RETURNING hours;

-- name: take_hours_back
-- Take hours off a person's day again.
UPDATE labour_day
SET hours = hours - %(hours)s
WHERE person = %(person)s AND day = %(day)s;
