-- name: add
-- Make a claim for an order, of the project that handed its machine over last; no row where one is made already.
INSERT INTO warranty_claim (
    order_id, asset_id, project_id, guarantor, starts, ends, failed_at, state, amount, currency, made_at, made_by,
    changed_at
)
SELECT
    o.order_id, o.asset_id,
    (
        SELECT p.project_id
        FROM project_asset AS m
        JOIN project AS p USING (project_id)
        WHERE m.asset_id = o.asset_id
        ORDER BY p.service_from DESC NULLS LAST, p.project_id DESC
        LIMIT 1
    ),
    %(guarantor)s, %(starts)s, %(ends)s, %(failed_at)s, 'open', %(amount)s, %(currency)s, %(at)s, %(by)s, %(at)s
FROM work_order AS o
WHERE o.order_id = %(order_id)s
ON CONFLICT ON CONSTRAINT warranty_claim_is_made_once DO NOTHING
RETURNING claim_id;

-- name: move
-- Let a claim be in another state; no row where it was in another one than was thought.
UPDATE warranty_claim
SET state = %(state)s, amount = coalesce(%(amount)s, amount), changed_at = %(at)s
WHERE claim_id = %(claim_id)s AND state = %(before)s
RETURNING claim_id;

-- name: add_step
-- Write down who said what of a claim.
INSERT INTO warranty_claim_step (claim_id, at, by, state, amount, note)
VALUES (%(claim_id)s, %(at)s, %(by)s, %(state)s, %(amount)s, %(note)s);

-- name: list
-- Claims, the newest first; of a project, a guarantor, a state, a site or an order.
SELECT
    c.claim_id, c.order_id, s.tag AS site, a.tag AS asset, p.tag AS project, c.guarantor, c.starts, c.ends, c.failed_at,
    o.failure_mode, c.state, c.amount, c.currency, c.made_at, c.made_by, c.changed_at
FROM warranty_claim AS c
JOIN work_order AS o USING (order_id)
JOIN asset AS a ON a.asset_id = c.asset_id
JOIN site AS s USING (site_id)
LEFT JOIN project AS p USING (project_id)
WHERE (%(order_ids)s::integer[] IS NULL OR c.order_id = ANY (%(order_ids)s::integer[]))
    AND (%(project)s::text IS NULL OR p.tag = %(project)s)
    AND (%(guarantor)s::text IS NULL OR lower(c.guarantor) = lower(%(guarantor)s))
    AND (%(state)s::text IS NULL OR c.state = %(state)s)
    AND (%(site)s::text IS NULL OR s.tag = %(site)s)
    AND (%(after)s::integer IS NULL OR c.claim_id < %(after)s)
ORDER BY c.claim_id DESC
LIMIT %(most)s;

-- name: steps
-- What was said of a claim, the oldest first.
SELECT at, by, recognised, state, amount, note
FROM warranty_claim_step
WHERE claim_id = %(claim_id)s
ORDER BY step_id;

-- name: readings
-- What the signals of an asset said in a stretch of time, as it was stored.
SELECT g.key, g.unit, r.time, r.value, r.flags
FROM signal AS g
JOIN reading AS r USING (signal_id)
WHERE g.asset_id = %(asset_id)s AND g.retired_at IS NULL AND r.time >= %(since)s AND r.time < %(until)s
ORDER BY g.key, r.time
LIMIT %(most)s;

-- name: machine
-- The machine that stood at an asset at an instant.
SELECT
    coalesce(e.serial, '') AS serial, coalesce(e.manufacturer, '') AS manufacturer, coalesce(e.model, '') AS model,
    i.installed_from, i.installed_to
FROM installation AS i
LEFT JOIN equipment AS e USING (equipment_id)
WHERE i.asset_id = %(asset_id)s AND (i.installed_to IS NULL OR i.installed_to > %(at)s)
ORDER BY i.installed_to NULLS LAST
LIMIT 1;

-- name: entries
-- The ledger's entries about an order, in order.
SELECT l.seq
FROM ledger AS l
WHERE l.project = %(site)s AND l.at >= %(since)s AND %(number)s IN (l.entry ->> 'number', l.entry ->> 'order')
ORDER BY l.seq
LIMIT 500;
