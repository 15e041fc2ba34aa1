-- name: order
-- The site of a work order.
SELECT s.tag AS site
FROM work_order AS o
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
WHERE o.order_id = %(key)s::integer;

-- name: alert
-- The site of an alert.
SELECT s.tag AS site
FROM alert AS l
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
WHERE l.alert_id = %(key)s::uuid;

-- name: model
-- The site of a model.
SELECT s.tag AS site
FROM model AS m
JOIN installation AS i USING (installation_id)
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
WHERE m.model_id = %(key)s::integer;

-- name: proposal
-- The site of a proposal.
SELECT s.tag AS site
FROM proposal AS p
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
WHERE p.proposal_id = %(key)s::integer;

-- name: quarantined
-- The site of a payload in quarantine; empty where it named none.
SELECT coalesce(site_tag, '') AS site
FROM quarantine
WHERE quarantine_id = %(key)s::bigint;

-- name: device_token
-- The site that a device token opens.
SELECT s.tag AS site
FROM device_token AS t
JOIN site AS s USING (site_id)
WHERE t.token_id = %(key)s;

-- name: lesson
-- The site of a lesson.
SELECT s.tag AS site
FROM lesson AS l
JOIN site AS s USING (site_id)
WHERE l.lesson_id = %(key)s::uuid;
-- name: message
-- The site that a message is about; empty where it is about every site.
SELECT n.site
FROM dispatch AS d
JOIN notice AS n USING (notice_id)
WHERE d.dispatch_id = %(key)s::uuid;

-- name: design_request
-- The site of a request for a change of design.
SELECT s.tag AS site
FROM design_request AS r
JOIN site AS s USING (site_id)
WHERE r.request_id = %(key)s::integer;

-- name: project
-- The site of a project.
SELECT s.tag AS site
FROM project AS p
JOIN site AS s USING (site_id)
WHERE p.tag = %(key)s;
