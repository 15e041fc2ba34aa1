-- name: declare
-- Declare an interval of an asset's present installation healthy; the same interval again changes nothing.
INSERT INTO healthy_interval (installation_id, healthy_from, healthy_to, origin, declared_by)
SELECT installation_id, %(healthy_from)s, %(healthy_to)s, %(origin)s, %(declared_by)s
FROM installation
WHERE asset_id = %(asset_id)s
    AND installed_to IS NULL
ON CONFLICT ON CONSTRAINT healthy_interval_is_declared_once DO NOTHING;

-- name: installation
-- What is installed at an asset now.
SELECT installation_id
FROM installation
WHERE asset_id = %(asset_id)s
    AND installed_to IS NULL;

-- name: intervals
-- What was declared healthy of an installation, oldest first.
SELECT healthy_from, healthy_to
FROM healthy_interval
WHERE installation_id = %(installation_id)s
ORDER BY healthy_from, healthy_to;
