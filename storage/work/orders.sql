-- name: next_id
-- Draw the id of the next order.
SELECT nextval(pg_get_serial_sequence('work_order', 'order_id')) AS order_id;

-- name: add
-- Raise an order under an id that was drawn for it.
INSERT INTO work_order (
    order_id, asset_id, alert_id, failure_mode, state, priority, severity, title, evidence, requested_finish,
    created_at, changed_at, revision, acknowledged_at, acknowledged_by, work_type, why, words, team, assignee, job_plan,
    job_plan_version
)
OVERRIDING SYSTEM VALUE
VALUES (
    %(order_id)s, %(asset_id)s, %(alert_id)s, %(failure_mode)s, %(state)s, %(priority)s, %(severity)s, %(title)s,
    %(evidence)s, %(requested_finish)s, %(created_at)s, %(changed_at)s, %(revision)s, %(acknowledged_at)s,
    %(acknowledged_by)s, %(work_type)s, %(why)s, %(words)s, %(team)s, %(assignee)s, %(job_plan)s, %(job_plan_version)s
);

-- name: keep
-- Write what may change of an order, from the revision before; no row where somebody else was first.
UPDATE work_order
SET
    state = %(state)s, priority = %(priority)s, severity = %(severity)s, title = %(title)s, evidence = %(evidence)s,
    requested_finish = %(requested_finish)s, changed_at = %(changed_at)s, revision = %(revision)s,
    acknowledged_at = %(acknowledged_at)s, acknowledged_by = %(acknowledged_by)s, started_at = %(started_at)s,
    completed_at = %(completed_at)s, work_type = %(work_type)s, why = %(why)s, words = %(words)s, team = %(team)s,
    assignee = %(assignee)s, job_plan = %(job_plan)s, job_plan_version = %(job_plan_version)s,
    overdue_at = %(overdue_at)s
WHERE order_id = %(order_id)s AND revision = %(revision)s - 1;

-- name: get
-- One order.
SELECT *
FROM work_order_at_asset
WHERE order_id = %(order_id)s;

-- name: open_of_asset
-- An asset's open orders.
SELECT *
FROM work_order_at_asset
WHERE asset_id = %(asset_id)s AND state NOT IN ('CLOSE', 'CAN')
ORDER BY order_id;

-- name: list
-- Wanted orders, the newest first, those after an order of the list.
SELECT *
FROM wanted_orders(
    p_states => %(states)s::text[], p_site => %(site)s, p_asset => %(asset)s, p_team => %(team)s,
    p_assignee => %(assignee)s, p_work_type => %(work_type)s, p_priority => %(priority)s::integer, p_text => %(text)s,
    p_overdue_at => %(overdue_at)s::timestamptz, p_due_from => %(due_from)s::timestamptz,
    p_due_to => %(due_to)s::timestamptz, p_created_from => %(created_from)s::timestamptz,
    p_created_to => %(created_to)s::timestamptz, p_in_warranty => %(in_warranty)s::boolean
)
WHERE %(after)s::bigint IS NULL OR order_id < %(after)s::bigint
ORDER BY order_id DESC
LIMIT %(most)s;

-- name: alert_of
-- The alert an order was raised with.
SELECT alert_id
FROM work_order
WHERE order_id = %(order_id)s;

-- name: add_finding
-- Let a finding belong to an order; a second time changes nothing.
INSERT INTO work_order_finding (order_id, finding_id)
VALUES (%(order_id)s, %(finding_id)s)
ON CONFLICT (order_id, finding_id) DO NOTHING;

-- name: count_findings
-- How many findings belong to an order.
SELECT count(*) AS findings
FROM work_order_finding
WHERE order_id = %(order_id)s;

-- name: add_event
-- Write down what happened to an order, with the document that goes out.
INSERT INTO work_order_event (order_id, revision, at, actor, event, document)
VALUES (%(order_id)s, %(revision)s, %(at)s, %(actor)s, %(event)s, %(document)s);

-- name: event
-- What happened to an order in one revision.
SELECT order_id, revision, at, actor, event, document, published_at, recognised
FROM work_order_event
WHERE order_id = %(order_id)s AND revision = %(revision)s;

-- name: events
-- All that happened to an order, oldest first.
SELECT order_id, revision, at, actor, event, document, published_at, recognised
FROM work_order_event
WHERE order_id = %(order_id)s
ORDER BY revision;

-- name: documents
-- The newest document of each order, the newest order first.
SELECT e.document
FROM work_order AS o
JOIN work_order_event AS e USING (order_id, revision)
WHERE NOT %(open_only)s OR o.state NOT IN ('CLOSE', 'CAN')
ORDER BY o.order_id DESC
LIMIT %(most)s;

-- name: document
-- The newest document of one order.
SELECT e.document
FROM work_order AS o
JOIN work_order_event AS e USING (order_id, revision)
WHERE o.order_id = %(order_id)s;

-- name: unpublished
-- What has not gone out yet, oldest first.
SELECT order_id, revision, at, actor, event, document, published_at, recognised
FROM work_order_event
WHERE published_at IS NULL
ORDER BY at, order_id, revision
LIMIT %(most)s;

-- name: mark_published
-- Remember when events went out; the first time counts.
UPDATE work_order_event AS e
SET published_at = %(at)s
FROM unnest(%(order_ids)s::integer[], %(revisions)s::integer[]) AS gone (order_id, revision)
WHERE e.order_id = gone.order_id AND e.revision = gone.revision AND e.published_at IS NULL;

-- name: book
-- Book work or cost on an order.
INSERT INTO work_order_booking (
    order_id, booked_at, booked_by, hours, cost, currency, note, reverses, person, trade, worked_on, part_id, quantity
)
VALUES (
    %(order_id)s, %(booked_at)s, %(booked_by)s, %(hours)s, %(cost)s, %(currency)s, %(note)s, %(reverses)s, %(person)s,
    %(trade)s, %(worked_on)s, %(part_id)s, %(quantity)s
);

-- name: bookings
-- What was booked on an order, oldest first.
SELECT
    b.booking_id, b.booked_at, b.booked_by, b.hours, b.cost, b.currency, b.note, b.reverses, b.recognised,
    b.person, b.trade, b.worked_on, b.part_id, p.number AS part, b.quantity,
    EXISTS (SELECT FROM work_order_booking AS r WHERE r.reverses = b.booking_id) AS is_reversed
FROM work_order_booking AS b
LEFT JOIN part AS p USING (part_id)
WHERE b.order_id = %(order_id)s
ORDER BY b.booking_id;

-- name: close
-- Write down the codes with which an order is closed.
INSERT INTO work_order_closing (
    order_id, outcome, failure_mode, cause, action, note, failed_at, restored_at, relearn, closed_at, closed_by
)
VALUES (
    %(order_id)s, %(outcome)s, %(failure_mode)s, %(cause)s, %(action)s, %(note)s, %(failed_at)s, %(restored_at)s,
    %(relearn)s, %(closed_at)s, %(closed_by)s
);

-- name: closing
-- The codes with which an order was closed.
SELECT outcome, failure_mode, cause, action, note, failed_at, restored_at, relearn, closed_at, closed_by, recognised
FROM work_order_closing
WHERE order_id = %(order_id)s;
