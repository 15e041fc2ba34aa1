-- name: hold
-- Keep a review as it was held; its number follows the last one.
INSERT INTO project_review (project_id, number, since, until, held_at, held_by, content)
SELECT %(project_id)s, coalesce(max(number), 0) + 1, %(since)s, %(until)s, %(at)s, %(by)s, %(content)s
FROM project_review
WHERE project_id = %(project_id)s
RETURNING number;

-- name: held
-- The reviews that were held, the newest first.
SELECT number, since, until, held_at, held_by, content
FROM project_review
WHERE project_id = %(project_id)s
ORDER BY number DESC;

-- name: raise_decision
-- Write down what has to be decided or done, whose it is, and by when.
INSERT INTO project_decision (project_id, text, side, owner, due, raised_at, raised_by)
VALUES (%(project_id)s, %(text)s, %(side)s, %(owner)s, %(due)s, %(at)s, %(by)s)
RETURNING decision_id;

-- name: finish_decision
-- Say what came of it, once.
UPDATE project_decision
SET outcome = %(outcome)s, done_at = %(at)s, done_by = %(by)s
WHERE project_id = %(project_id)s AND decision_id = %(decision_id)s AND done_at IS NULL
RETURNING decision_id;

-- name: decisions
-- What is open, and what was done since an instant; what is due first comes first. `reviews`: in how many it has been.
SELECT
    d.decision_id, d.text, d.side, d.owner, d.due, d.raised_at, d.raised_by, d.outcome, d.done_at, d.done_by,
    (
        SELECT count(*)
        FROM project_review AS r
        WHERE r.project_id = d.project_id AND r.held_at >= d.raised_at AND (d.done_at IS NULL OR r.held_at < d.done_at)
    ) AS reviews
FROM project_decision AS d
WHERE d.project_id = %(project_id)s AND (d.done_at IS NULL OR d.done_at >= %(since)s)
ORDER BY d.done_at IS NOT NULL, d.due, d.decision_id;

-- name: failures
-- What failed at a project's assets between two instants, by when it began.
SELECT a.tag AS asset, o.order_id, min(o.down_from) AS failed_at, c.failure_mode, c.cause
FROM outage AS o
JOIN project_asset AS p USING (asset_id)
JOIN asset AS a USING (asset_id)
LEFT JOIN work_order_closing AS c ON c.order_id = o.order_id
WHERE p.project_id = %(project_id)s AND o.failure IS NOT NULL AND o.down_from >= %(since)s AND o.down_from < %(until)s
GROUP BY a.tag, o.failure, o.order_id, c.failure_mode, c.cause
ORDER BY failed_at, a.tag;

-- name: orders
-- The open orders of a project's assets; those for a team that answers for engineering are engineering's.
SELECT
    w.order_id, a.tag AS asset, w.title, w.state, w.severity, w.requested_finish,
    a.state = 'commissioning' OR w.team = j.engineering_team OR coalesce(t.answers_for_engineering, false) AS is_engineering
FROM project AS j
JOIN project_asset AS p USING (project_id)
JOIN asset AS a USING (asset_id)
JOIN work_order AS w USING (asset_id)
LEFT JOIN team AS t ON t.tag = w.team
WHERE j.project_id = %(project_id)s AND w.state NOT IN ('CLOSE', 'CAN', 'COMP')
ORDER BY w.requested_finish, w.order_id;

-- name: alerts
-- How many alerts were raised at each asset of a project between two instants.
SELECT a.tag AS asset, count(*) AS alerts
FROM project_asset AS p
JOIN asset AS a USING (asset_id)
JOIN alert AS l USING (asset_id)
WHERE p.project_id = %(project_id)s AND l.raised_at >= %(since)s AND l.raised_at < %(until)s
GROUP BY a.tag
ORDER BY count(*) DESC, a.tag;

-- name: requests
-- The requests for a change of design, of the project's classes at its site, that nobody has decided on.
SELECT DISTINCT r.request_id, c.tag AS asset_class, r.failure_mode, r.opened_at
FROM project AS j
JOIN project_asset AS p USING (project_id)
JOIN asset AS a USING (asset_id)
JOIN asset_class AS c USING (class_id)
JOIN design_request AS r ON r.class_id = a.class_id AND r.site_id = j.site_id
WHERE j.project_id = %(project_id)s AND r.state = 'open'
ORDER BY r.request_id;
