-- name: record_training
-- Record that somebody was trained on a class of the project's assets; no row where that is recorded, or no such class.
INSERT INTO project_training (project_id, class_id, person, held_on, taught_by, recorded_at, recorded_by)
SELECT %(project_id)s, c.class_id, %(person)s, %(held_on)s, %(taught_by)s, %(at)s, %(by)s
FROM asset_class AS c
WHERE c.tag = %(asset_class)s
ON CONFLICT ON CONSTRAINT project_training_is_recorded_once DO NOTHING
RETURNING training_id;

-- name: trainings
-- Who was trained on what.
SELECT t.training_id, c.tag AS asset_class, t.person, t.held_on, t.taught_by, t.recorded_at, t.recorded_by
FROM project_training AS t
JOIN asset_class AS c USING (class_id)
WHERE t.project_id = %(project_id)s
ORDER BY t.held_on, t.training_id;

-- name: classes
-- The classes of a project's assets.
SELECT DISTINCT c.tag AS asset_class
FROM project_asset AS p
JOIN asset AS a USING (asset_id)
JOIN asset_class AS c USING (class_id)
WHERE p.project_id = %(project_id)s
ORDER BY c.tag;

-- name: class_names
-- How every class is called.
SELECT tag, name, name_zh
FROM asset_class;

-- name: want_spare
-- Say how many of a part must be on stock.
INSERT INTO project_spare (project_id, part, quantity, named_at, named_by)
VALUES (%(project_id)s, %(part)s, %(quantity)s, %(at)s, %(by)s)
ON CONFLICT (project_id, part) DO UPDATE
SET quantity = excluded.quantity, named_at = excluded.named_at, named_by = excluded.named_by;

-- name: spares
-- The spares a project wants, by its own word or by what earlier projects recommend for its classes, whichever is more, and
-- how many of each nobody has reserved.
SELECT w.part, max(w.quantity) AS quantity, coalesce(max(p.name), '') AS name, coalesce(max(p.on_hand - p.reserved), 0) AS free
FROM (
    SELECT s.project_id, s.part, s.quantity
    FROM project_spare AS s
    WHERE s.project_id = %(project_id)s
    UNION ALL
    SELECT %(project_id)s, r.what, r.quantity
    FROM project_recommendation AS r
    WHERE r.is_accepted AND r.kind = 'spare' AND r.project_id <> %(project_id)s
        AND r.class_id IN (
            SELECT a.class_id
            FROM project_asset AS m
            JOIN asset AS a USING (asset_id)
            WHERE m.project_id = %(project_id)s
        )
) AS w
JOIN project AS j USING (project_id)
LEFT JOIN part AS p ON p.site_id = j.site_id AND p.number = w.part
GROUP BY w.part
ORDER BY w.part;

-- name: name_duty
-- Name who answers for a gate.
INSERT INTO project_duty (project_id, gate, delivers, checks, decides, said_at, said_by)
VALUES (%(project_id)s, %(gate)s, %(delivers)s, %(checks)s, %(decides)s, %(at)s, %(by)s)
ON CONFLICT (project_id, gate) DO UPDATE
SET
    delivers = excluded.delivers, checks = excluded.checks, decides = excluded.decides, said_at = excluded.said_at,
    said_by = excluded.said_by;

-- name: duties
-- Who answers for which gate.
SELECT gate, delivers, checks, decides
FROM project_duty
WHERE project_id = %(project_id)s;

-- name: commission
-- Let the assets of a project that run, or stand by, be in commissioning.
UPDATE asset
SET state = 'commissioning'
FROM project_asset AS p
WHERE p.project_id = %(project_id)s AND asset.asset_id = p.asset_id AND asset.state IN ('in_service', 'standby')
RETURNING asset.asset_id;

-- name: put_in_service
-- Let the assets of a project that are in commissioning be in service.
UPDATE asset
SET state = 'in_service'
FROM project_asset AS p
WHERE p.project_id = %(project_id)s AND asset.asset_id = p.asset_id AND asset.state = 'commissioning'
RETURNING asset.asset_id;

-- name: return_to_service_later
-- Let assets that were taken out while in commissioning return to service.
UPDATE suppression AS s
SET state_before = 'in_service'
FROM project_asset AS p
WHERE p.project_id = %(project_id)s AND s.asset_id = p.asset_id AND s.reason = 'out_of_service' AND s.ended IS NULL
    AND s.state_before = 'commissioning';

-- name: begin_service
-- Keep since when a project's assets are in service; the first time counts.
UPDATE project
SET service_from = %(at)s
WHERE project_id = %(project_id)s AND service_from IS NULL;

-- name: commissioning_team
-- Whose the assets are while every one of them is in commissioning: engineering's of the newest project they are of.
SELECT coalesce(
    (
        SELECT p.engineering_team
        FROM project_asset AS m
        JOIN project AS p USING (project_id)
        WHERE m.asset_id = ANY (%(asset_ids)s::integer[]) AND p.service_from IS NULL
        ORDER BY p.project_id DESC
        LIMIT 1
    ),
    'engineering'
) AS team
FROM asset AS a
WHERE a.asset_id = ANY (%(asset_ids)s::integer[])
HAVING bool_and(a.state = 'commissioning');

-- name: in_commissioning
-- Which of some assets are in commissioning.
SELECT asset_id
FROM asset
WHERE asset_id = ANY (%(asset_ids)s::integer[]) AND state = 'commissioning';
