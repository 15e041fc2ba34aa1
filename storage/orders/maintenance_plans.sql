-- name: put
-- Keep plans of a site's assets; no row for one that is kept as it is. One whose rule changed is due by the new one; when
-- one is due that says nothing of it, a round finds out.
INSERT INTO maintenance_plan AS held (asset_id, tag, document, kept_at, kept_by, next_due, anchor_at)
SELECT a.asset_id, r.tag, r.document, %(at)s, %(by)s, r.first_due, %(at)s
FROM jsonb_to_recordset(%(rows)s) AS r (asset text, tag text, document jsonb, first_due timestamptz)
JOIN site AS s ON s.tag = %(site)s
JOIN asset AS a ON a.site_id = s.site_id AND a.tag = r.asset
ON CONFLICT ON CONSTRAINT maintenance_plan_tag_is_unique_at_its_asset DO UPDATE
SET
    document = excluded.document, kept_at = excluded.kept_at, kept_by = excluded.kept_by,
    next_due = CASE
        WHEN held.document -> 'rule' = excluded.document -> 'rule'
            AND held.document -> 'begins' = excluded.document -> 'begins'
            THEN held.next_due
        WHEN held.occurrences = 0 THEN excluded.next_due
    END
WHERE held.document <> excluded.document
RETURNING xmax = 0 AS added;

-- name: candidates
-- The plans that may be due: all that are not of the calendar, and those of it whose time has come or is not known.
SELECT plan_id
FROM maintenance_plan
WHERE is_active
    AND (
        document ->> 'rule' = ''
        OR next_due IS NULL
        OR next_due <= %(now)s::timestamptz + make_interval(secs => (document ->> 'lead_s')::double precision)
    )
ORDER BY plan_id;

-- name: lock
-- A plan, locked until the transaction ends; no row where another process looks at it.
SELECT plan_id
FROM maintenance_plan
WHERE plan_id = %(plan_id)s AND is_active
FOR UPDATE SKIP LOCKED;

-- name: get
-- A plan as it stands.
SELECT *
FROM maintenance_plan_at_asset
WHERE plan_id = %(plan_id)s;

-- name: lock_tag
-- Let nobody else make or change a plan of this name until the transaction ends.
SELECT pg_advisory_xact_lock(hashtext('maintenance_plan'), hashtext(%(named)s));

-- name: list
-- Every plan, or those of an asset.
SELECT *
FROM maintenance_plan_at_asset
WHERE (%(site)s::text IS NULL OR site = %(site)s) AND (%(asset)s::text IS NULL OR asset = %(asset)s)
ORDER BY site, asset, tag;

-- name: occur
-- Write down that a plan was due and which order that made.
INSERT INTO maintenance_occurrence (plan_id, number, due_at, made_at, order_id)
VALUES (%(plan_id)s, %(number)s, %(due_at)s, %(at)s, %(order_id)s);

-- name: move
-- Remember how far a plan has come.
UPDATE maintenance_plan
SET
    occurrences = %(occurrences)s, next_due = %(next_due)s, anchor_at = %(anchor_at)s, anchor_value = %(anchor_value)s,
    carried = %(carried)s, seen_value = %(seen_value)s, fell_to = %(fell_to)s, fell_at = %(fell_at)s,
    last_order_id = coalesce(%(order_id)s, last_order_id)
WHERE plan_id = %(plan_id)s;

-- name: activate
-- Let a plan rest, or go on.
UPDATE maintenance_plan
SET is_active = %(is_active)s, kept_at = %(at)s, kept_by = %(by)s
WHERE plan_id = %(plan_id)s;

-- name: rest
-- Let plans rest, by what changes of the register call them.
UPDATE maintenance_plan AS p
SET is_active = false, kept_at = %(at)s, kept_by = %(by)s
FROM asset AS a
JOIN site AS s USING (site_id)
WHERE a.asset_id = p.asset_id AND s.tag = %(site)s AND p.is_active AND a.tag || ' ' || p.tag = ANY (%(items)s::text[]);

-- name: latest
-- The newest value of a signal of an asset.
SELECT l.value, l.time
FROM latest AS l
JOIN signal AS s USING (signal_id)
WHERE s.asset_id = %(asset_id)s AND s.key = %(signal)s;

-- name: running_hours
-- How many hours a signal was above a value since an instant, by minutes.
SELECT count(*) / 60.0 AS hours
FROM reading_1m AS r
JOIN signal AS s USING (signal_id)
WHERE s.asset_id = %(asset_id)s
    AND s.key = %(signal)s
    AND r.time > %(since)s
    AND r.total / r.n > %(above)s;

-- name: overdue
-- Orders whose work should have been done by now, and of which that was not noted yet.
SELECT order_id
FROM work_order
WHERE is_overdue(state, requested_finish, %(now)s) AND overdue_at IS NULL
ORDER BY requested_finish
LIMIT %(most)s;
