-- name: assets
-- Every asset of a site as the register holds it, with its machine and what it feeds.
SELECT
    a.asset_id, a.tag, a.name, a.name_zh, c.tag AS class_tag, a.x, a.y, a.wear_limit, a.area, a.criticality,
    coalesce(p.tag, '') AS parent, a.retired_at IS NOT NULL AS is_retired, a.merged_into IS NOT NULL AS is_merged,
    i.installation_id IS NOT NULL AS is_installed, a.self_registered,
    e.serial, e.manufacturer, e.model,
    (
        SELECT coalesce(array_agg(t.tag ORDER BY t.tag), '{}')
        FROM feed AS f
        JOIN asset AS t ON t.asset_id = f.to_asset_id
        WHERE f.from_asset_id = a.asset_id
    ) AS feeds
FROM asset AS a
JOIN site AS s USING (site_id)
JOIN asset_class AS c USING (class_id)
LEFT JOIN asset AS p ON p.asset_id = a.parent_id
LEFT JOIN installation AS i ON i.asset_id = a.asset_id AND i.installed_to IS NULL
LEFT JOIN equipment AS e USING (equipment_id)
WHERE s.tag = %(site)s
ORDER BY a.tag;

-- name: classes
-- Every class of equipment, without its signals.
SELECT tag, name, name_zh, grace_s, silent_s, silent_after_s, wear_limit
FROM asset_class
ORDER BY tag;

-- name: class_signals
-- What classes say of their signals.
SELECT
    c.tag AS class_tag, d.key, d.name, d.name_zh, d.unit, d.role, d.low, d.high, d.most_rate_per_min, d.holds_s,
    d.key_value
FROM class_signal AS d
JOIN asset_class AS c USING (class_id)
ORDER BY c.tag, d.position, d.key;

-- name: site
-- A site.
SELECT tag, name, name_zh, timezone
FROM site
WHERE tag = %(site)s;

-- name: signals
-- The signals of a site's assets, as far as they are in view.
SELECT
    a.tag AS asset, n.key, n.name, n.name_zh, n.unit, n.role, n.low, n.high, n.most_rate_per_min, n.holds_s,
    n.key_value, n.is_own
FROM signal AS n
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
WHERE s.tag = %(site)s AND n.retired_at IS NULL AND a.retired_at IS NULL
ORDER BY a.tag, n.position, n.key;

-- name: put_assets
-- Add or change functional locations, in their order; one that was retired is in view again, unless it was merged.
INSERT INTO asset AS held (site_id, class_id, tag, name, name_zh, x, y, wear_limit, area, criticality)
SELECT s.site_id, c.class_id, r.tag, r.name, r.name_zh, r.x, r.y, r.wear_limit, r.area, r.criticality
FROM jsonb_to_recordset(%(rows)s) AS r (
    place integer, tag text, class_tag text, name text, name_zh text, x double precision, y double precision,
    wear_limit double precision, area text, criticality text
)
JOIN site AS s ON s.tag = %(site)s
JOIN asset_class AS c ON c.tag = r.class_tag
ORDER BY r.place
ON CONFLICT ON CONSTRAINT asset_tag_is_unique_in_its_site DO UPDATE
SET
    class_id = excluded.class_id, name = excluded.name, name_zh = excluded.name_zh,
    x = excluded.x, y = excluded.y, wear_limit = excluded.wear_limit, area = excluded.area,
    criticality = excluded.criticality,
    self_registered = false,
    retired_at = NULL, retired_by = NULL
WHERE held.merged_into IS NULL
    AND (
        held.class_id, held.name, held.name_zh, held.x, held.y, held.wear_limit, held.area, held.criticality,
        held.self_registered, held.retired_by
    )
    IS DISTINCT FROM
    (
        excluded.class_id, excluded.name, excluded.name_zh, excluded.x, excluded.y, excluded.wear_limit, excluded.area,
        excluded.criticality, false, NULL
    )
RETURNING xmax = 0 AS added;

-- name: put_machines
-- Add or change serial-numbered machines.
INSERT INTO equipment AS held (class_id, serial, manufacturer, model)
SELECT c.class_id, r.serial, r.manufacturer, r.model
FROM jsonb_to_recordset(%(rows)s) AS r (class_tag text, serial text, manufacturer text, model text)
JOIN asset_class AS c ON c.tag = r.class_tag
ON CONFLICT ON CONSTRAINT equipment_serial_is_unique DO UPDATE
SET class_id = excluded.class_id, model = excluded.model
WHERE (held.class_id, held.model) IS DISTINCT FROM (excluded.class_id, excluded.model)
RETURNING xmax = 0 AS added;

-- name: name_maker
-- Say who made the machine that stands at an asset; not where it stands elsewhere too, or that maker's number is known.
UPDATE equipment AS e
SET manufacturer = %(manufacturer)s
FROM installation AS i
WHERE i.asset_id = %(asset_id)s AND i.installed_to IS NULL AND i.equipment_id = e.equipment_id AND e.manufacturer = ''
    AND NOT EXISTS (SELECT FROM equipment AS o WHERE o.serial = e.serial AND o.manufacturer = %(manufacturer)s)
    AND NOT EXISTS (
        SELECT FROM installation AS o
        WHERE o.equipment_id = e.equipment_id AND o.installed_to IS NULL AND o.asset_id <> i.asset_id
    );

-- name: count
-- Count the register anew for the planner.
SELECT count_register();

-- name: put_parent
-- Say what an asset is a part of; no row where it is so already.
UPDATE asset AS a
SET parent_id = p.asset_id
FROM site AS s
LEFT JOIN asset AS p ON p.site_id = s.site_id AND p.tag = %(parent)s
WHERE s.tag = %(site)s AND a.site_id = s.site_id AND a.tag = %(asset)s
    AND a.parent_id IS DISTINCT FROM p.asset_id
RETURNING a.asset_id;

-- name: install_new
-- Install machines at assets where none stands yet, an unknown one where no serial number is known.
INSERT INTO installation (asset_id, equipment_id, installed_from)
SELECT a.asset_id, e.equipment_id, %(at)s
FROM jsonb_to_recordset(%(rows)s) AS r (asset text, manufacturer text, serial text)
JOIN site AS s ON s.tag = %(site)s
JOIN asset AS a ON a.site_id = s.site_id AND a.tag = r.asset
LEFT JOIN equipment AS e ON e.serial = r.serial AND e.manufacturer = r.manufacturer
WHERE NOT EXISTS (SELECT FROM installation AS i WHERE i.asset_id = a.asset_id AND i.installed_to IS NULL);

-- name: put_own_signal
-- Add a signal of one asset, or change what is said of it: that stays, whatever its class says.
INSERT INTO signal AS held (
    asset_id, key, name, name_zh, unit, role, low, high, most_rate_per_min, holds_s, is_own, position
)
SELECT
    a.asset_id, %(key)s, %(name)s, %(name_zh)s, %(unit)s, %(role)s, %(low)s, %(high)s, %(most_rate_per_min)s,
    %(holds_s)s, true, (SELECT count(*) FROM signal AS n WHERE n.asset_id = a.asset_id)
FROM asset AS a
JOIN site AS s USING (site_id)
WHERE s.tag = %(site)s AND a.tag = %(asset)s
ON CONFLICT ON CONSTRAINT signal_key_is_unique_in_its_asset DO UPDATE
SET
    name = excluded.name, name_zh = excluded.name_zh, unit = excluded.unit, role = excluded.role, low = excluded.low,
    high = excluded.high, most_rate_per_min = excluded.most_rate_per_min, holds_s = excluded.holds_s, is_own = true,
    self_registered = false
WHERE (
    held.name, held.name_zh, held.unit, held.role, held.low, held.high, held.most_rate_per_min, held.holds_s,
    held.self_registered
) IS DISTINCT FROM (
    excluded.name, excluded.name_zh, excluded.unit, excluded.role, excluded.low, excluded.high,
    excluded.most_rate_per_min, excluded.holds_s, false
)
RETURNING xmax = 0 AS added;

-- name: put_areas
-- Add or change areas; what is null is not said.
INSERT INTO area AS held (site_id, tag, name, name_zh, kind, parent)
SELECT
    s.site_id, r.tag, coalesce(r.name, h.name, r.tag), coalesce(r.name_zh, h.name_zh, ''),
    coalesce(r.kind, h.kind, 'area'), coalesce(r.parent, h.parent, '')
FROM jsonb_to_recordset(%(rows)s) AS r (tag text, name text, name_zh text, kind text, parent text)
JOIN site AS s ON s.tag = %(site)s
LEFT JOIN area AS h ON h.site_id = s.site_id AND h.tag = r.tag
ON CONFLICT ON CONSTRAINT area_tag_is_unique_in_its_site DO UPDATE
SET name = excluded.name, name_zh = excluded.name_zh, kind = excluded.kind, parent = excluded.parent
WHERE (held.name, held.name_zh, held.kind, held.parent)
    IS DISTINCT FROM (excluded.name, excluded.name_zh, excluded.kind, excluded.parent)
RETURNING xmax = 0 AS added;

-- name: put_systems
-- Add or change systems; what is null is not said.
INSERT INTO plant_system AS held (site_id, tag, name, name_zh)
SELECT s.site_id, r.tag, coalesce(r.name, h.name, r.tag), coalesce(r.name_zh, h.name_zh, '')
FROM jsonb_to_recordset(%(rows)s) AS r (tag text, name text, name_zh text)
JOIN site AS s ON s.tag = %(site)s
LEFT JOIN plant_system AS h ON h.site_id = s.site_id AND h.tag = r.tag
ON CONFLICT ON CONSTRAINT plant_system_tag_is_unique_in_its_site DO UPDATE
SET name = excluded.name, name_zh = excluded.name_zh
WHERE (held.name, held.name_zh) IS DISTINCT FROM (excluded.name, excluded.name_zh)
RETURNING xmax = 0 AS added;

-- name: put_members
-- Let assets be members of systems.
INSERT INTO plant_system_member (system_id, asset_id)
SELECT y.system_id, a.asset_id
FROM jsonb_to_recordset(%(rows)s) AS r (system text, asset text)
JOIN site AS s ON s.tag = %(site)s
JOIN plant_system AS y ON y.site_id = s.site_id AND y.tag = r.system
JOIN asset AS a ON a.site_id = s.site_id AND a.tag = r.asset
ON CONFLICT DO NOTHING
RETURNING true AS added;

-- name: put_parameters
-- Add or change parameters of assets, classes and the site.
INSERT INTO parameter AS held (site_id, asset_id, class_id, property_set, name, value, unit)
SELECT s.site_id, a.asset_id, c.class_id, r.property_set, r.name, r.value, r.unit
FROM jsonb_to_recordset(%(rows)s) AS r (
    asset text, class_tag text, property_set text, name text, value text, unit text
)
JOIN site AS s ON s.tag = %(site)s
LEFT JOIN asset AS a ON a.site_id = s.site_id AND a.tag = r.asset
LEFT JOIN asset_class AS c ON c.tag = r.class_tag
ON CONFLICT ON CONSTRAINT parameter_is_unique DO UPDATE
SET value = excluded.value, unit = excluded.unit
WHERE (held.value, held.unit) IS DISTINCT FROM (excluded.value, excluded.unit)
RETURNING xmax = 0 AS added;

-- name: put_documents
-- Add or change documents of assets, classes and the site; a class of VDI 2770, file or hash that is empty is not said.
INSERT INTO register_document AS held (site_id, asset_id, class_id, vdi_class, title, version, file, sha256)
SELECT s.site_id, a.asset_id, c.class_id, r.vdi_class, r.title, r.version, r.file, r.sha256
FROM jsonb_to_recordset(%(rows)s) AS r (
    asset text, class_tag text, vdi_class text, title text, version text, file text, sha256 text
)
JOIN site AS s ON s.tag = %(site)s
LEFT JOIN asset AS a ON a.site_id = s.site_id AND a.tag = r.asset
LEFT JOIN asset_class AS c ON c.tag = r.class_tag
ON CONFLICT ON CONSTRAINT register_document_is_unique DO UPDATE
SET
    vdi_class = coalesce(nullif(excluded.vdi_class, ''), held.vdi_class),
    file = coalesce(nullif(excluded.file, ''), held.file),
    sha256 = coalesce(nullif(excluded.sha256, ''), held.sha256)
WHERE (held.vdi_class, held.file, held.sha256)
    IS DISTINCT FROM (
        coalesce(nullif(excluded.vdi_class, ''), held.vdi_class),
        coalesce(nullif(excluded.file, ''), held.file),
        coalesce(nullif(excluded.sha256, ''), held.sha256)
    )
RETURNING xmax = 0 AS added;

-- name: put_parts
-- Add or change spare parts, but not their stock; what is null is not said.
INSERT INTO part AS held (site_id, number, name, name_zh, unit, price, least, lead_time_days)
SELECT
    s.site_id, r.number, coalesce(r.name, h.name, r.number), coalesce(r.name_zh, h.name_zh, ''),
    coalesce(r.unit, h.unit, ''), coalesce(r.price, h.price), coalesce(r.least, h.least, 0),
    coalesce(r.lead_time_days, h.lead_time_days)
FROM jsonb_to_recordset(%(rows)s) AS r (
    number text, name text, name_zh text, unit text, price numeric, least numeric, lead_time_days numeric
)
JOIN site AS s ON s.tag = %(site)s
LEFT JOIN part AS h ON h.site_id = s.site_id AND h.number = r.number
ON CONFLICT ON CONSTRAINT part_number_is_unique_at_its_site DO UPDATE
SET
    name = excluded.name, name_zh = excluded.name_zh, unit = excluded.unit, price = excluded.price,
    least = excluded.least, lead_time_days = excluded.lead_time_days
WHERE (held.name, held.name_zh, held.unit, held.price, held.least, held.lead_time_days)
    IS DISTINCT FROM (
        excluded.name, excluded.name_zh, excluded.unit, excluded.price, excluded.least, excluded.lead_time_days
    )
RETURNING xmax = 0 AS added, part_id, number;

-- name: put_part_uses
-- Say what uses which spare parts.
INSERT INTO part_use AS held (part_id, asset_id, class_id, quantity)
SELECT n.part_id, a.asset_id, c.class_id, coalesce(r.quantity, h.quantity, 1)
FROM jsonb_to_recordset(%(rows)s) AS r (number text, asset text, class_tag text, quantity numeric)
JOIN site AS s ON s.tag = %(site)s
JOIN part AS n ON n.site_id = s.site_id AND n.number = r.number
LEFT JOIN asset AS a ON a.site_id = s.site_id AND a.tag = r.asset
LEFT JOIN asset_class AS c ON c.tag = r.class_tag
LEFT JOIN part_use AS h
    ON h.part_id = n.part_id AND h.asset_id IS NOT DISTINCT FROM a.asset_id
    AND h.class_id IS NOT DISTINCT FROM c.class_id
WHERE (a.asset_id IS NULL) <> (c.class_id IS NULL)
ON CONFLICT ON CONSTRAINT part_use_is_unique DO UPDATE
SET quantity = excluded.quantity
WHERE held.quantity <> excluded.quantity
RETURNING xmax = 0 AS added;

-- name: part_of_class
-- A spare part of a site, and how many of it a class uses.
SELECT n.least, u.quantity
FROM part AS n
JOIN site AS s USING (site_id)
LEFT JOIN part_use AS u ON u.part_id = n.part_id AND u.class_id = %(class_id)s
WHERE s.tag = %(site)s AND n.number = %(number)s
FOR UPDATE OF n;

-- name: drop_part_use
-- Say that a class uses a spare part no more.
DELETE FROM part_use AS u
USING part AS n, site AS s
WHERE s.tag = %(site)s AND n.site_id = s.site_id AND n.number = %(number)s AND u.part_id = n.part_id
    AND u.class_id = %(class_id)s;

-- name: drop_parameter
-- Take parameters out of the register, by what its changes call them; those keep what they said.
DELETE FROM parameter AS p
USING parameter AS q
JOIN site AS s USING (site_id)
LEFT JOIN asset AS a USING (asset_id)
LEFT JOIN asset_class AS k ON k.class_id = q.class_id
WHERE p.parameter_id = q.parameter_id AND s.tag = %(site)s
    AND concat_ws(' ', coalesce(a.tag, k.tag, s.tag), nullif(q.property_set, ''), q.name) = ANY (%(items)s::text[]);

-- name: drop_document
-- Take documents out of the register, likewise.
DELETE FROM register_document AS d
USING register_document AS q
JOIN site AS s USING (site_id)
LEFT JOIN asset AS a USING (asset_id)
LEFT JOIN asset_class AS k ON k.class_id = q.class_id
WHERE d.document_id = q.document_id AND s.tag = %(site)s
    AND concat_ws(' ', coalesce(a.tag, k.tag, s.tag), q.title, nullif(q.version, '')) = ANY (%(items)s::text[]);

-- name: drop_part_uses
-- Say that spare parts are not used so, likewise; the parts and what is on stock stay.
DELETE FROM part_use AS u
USING part AS n, site AS s
WHERE n.part_id = u.part_id AND s.site_id = n.site_id AND s.tag = %(site)s
    AND n.number || ' ' || coalesce(
        (SELECT a.tag FROM asset AS a WHERE a.asset_id = u.asset_id),
        (SELECT k.tag FROM asset_class AS k WHERE k.class_id = u.class_id)
    ) = ANY (%(items)s::text[]);

-- name: drop_global_ids
-- Forget ids of building models, likewise.
DELETE FROM global_id AS g
USING site AS s
WHERE s.site_id = g.site_id AND s.tag = %(site)s AND g.model || ' ' || g.global_id = ANY (%(items)s::text[]);

-- name: put_global_ids
-- Say which asset has which id in a building model.
INSERT INTO global_id AS held (site_id, model, global_id, asset_id)
SELECT s.site_id, r.model, r.global_id, a.asset_id
FROM jsonb_to_recordset(%(rows)s) AS r (model text, global_id text, asset text)
JOIN site AS s ON s.tag = %(site)s
JOIN asset AS a ON a.site_id = s.site_id AND a.tag = r.asset
ON CONFLICT (site_id, model, global_id) DO UPDATE
SET asset_id = excluded.asset_id
WHERE held.asset_id <> excluded.asset_id
RETURNING xmax = 0 AS added;

-- name: global_ids
-- Which asset has which id in the building models of a site.
SELECT g.model, g.global_id, a.tag AS asset
FROM global_id AS g
JOIN site AS s USING (site_id)
JOIN asset AS a USING (asset_id)
WHERE s.tag = %(site)s
ORDER BY g.model, g.global_id;

-- name: areas
-- The areas of a site.
SELECT r.tag, r.name, r.name_zh, r.kind, r.parent
FROM area AS r
JOIN site AS s USING (site_id)
WHERE s.tag = %(site)s
ORDER BY r.tag;

-- name: systems
-- The systems of a site, with their members.
SELECT
    y.tag, y.name, y.name_zh,
    coalesce(array_agg(a.tag ORDER BY a.tag) FILTER (WHERE a.tag IS NOT NULL), '{}') AS members
FROM plant_system AS y
JOIN site AS s USING (site_id)
LEFT JOIN plant_system_member AS m USING (system_id)
LEFT JOIN asset AS a USING (asset_id)
WHERE s.tag = %(site)s
GROUP BY y.tag, y.name, y.name_zh
ORDER BY y.tag;

-- name: parameters
-- The parameters of a site, of its assets, and of their classes.
SELECT coalesce(a.tag, '') AS asset, coalesce(c.tag, '') AS class_tag, p.property_set, p.name, p.value, p.unit
FROM parameter AS p
JOIN site AS s USING (site_id)
LEFT JOIN asset AS a USING (asset_id)
LEFT JOIN asset_class AS c ON c.class_id = p.class_id
WHERE s.tag = %(site)s AND a.retired_at IS NULL
ORDER BY a.tag, c.tag, p.property_set, p.name;

-- name: documents
-- The documents of a site, of its assets, and of their classes.
SELECT
    coalesce(a.tag, '') AS asset, coalesce(c.tag, '') AS class_tag, d.vdi_class, d.title, d.version, d.file, d.sha256
FROM register_document AS d
JOIN site AS s USING (site_id)
LEFT JOIN asset AS a USING (asset_id)
LEFT JOIN asset_class AS c ON c.class_id = d.class_id
WHERE s.tag = %(site)s AND a.retired_at IS NULL
ORDER BY a.tag, c.tag, d.title, d.version;

-- name: part_uses
-- The spare parts of a site, each with what uses it; a part that nothing uses stands alone.
SELECT
    n.number, n.name, n.name_zh, n.unit, n.price, n.least, n.on_hand, n.lead_time_days,
    coalesce(a.tag, '') AS asset, coalesce(c.tag, '') AS class_tag, u.quantity
FROM part AS n
JOIN site AS s USING (site_id)
LEFT JOIN part_use AS u USING (part_id)
LEFT JOIN asset AS a ON a.asset_id = u.asset_id
LEFT JOIN asset_class AS c ON c.class_id = u.class_id
WHERE s.tag = %(site)s
ORDER BY n.number, a.tag, c.tag;
