-- name: put_site
-- Add or change a site; no row where nothing changed.
INSERT INTO site AS held (tag, name, name_zh, timezone)
VALUES (%(tag)s, %(name)s, %(name_zh)s, %(timezone)s)
ON CONFLICT ON CONSTRAINT site_tag_is_unique DO UPDATE
SET name = excluded.name, name_zh = excluded.name_zh, timezone = excluded.timezone
WHERE (held.name, held.name_zh, held.timezone)
    IS DISTINCT FROM (excluded.name, excluded.name_zh, excluded.timezone)
RETURNING xmax = 0 AS added;

-- name: put_class
-- Add or change a class of equipment.
INSERT INTO asset_class AS held (tag, name, name_zh, grace_s, silent_s, silent_after_s, wear_limit)
VALUES (%(tag)s, %(name)s, %(name_zh)s, %(grace_s)s, %(silent_s)s, %(silent_after_s)s, %(wear_limit)s)
ON CONFLICT ON CONSTRAINT asset_class_tag_is_unique DO UPDATE
SET
    name = excluded.name, name_zh = excluded.name_zh, grace_s = excluded.grace_s, silent_s = excluded.silent_s,
    silent_after_s = excluded.silent_after_s, wear_limit = excluded.wear_limit
WHERE (held.name, held.name_zh, held.grace_s, held.silent_s, held.silent_after_s, held.wear_limit)
    IS DISTINCT FROM
    (
        excluded.name, excluded.name_zh, excluded.grace_s, excluded.silent_s, excluded.silent_after_s,
        excluded.wear_limit
    )
RETURNING xmax = 0 AS added;

-- name: put_class_signal
-- Add or change what a class says of one signal.
INSERT INTO class_signal AS held (
    class_id, key, name, name_zh, unit, role, low, high, most_rate_per_min, holds_s, key_value, position
)
SELECT
    class_id, %(key)s, %(name)s, %(name_zh)s, %(unit)s, %(role)s, %(low)s, %(high)s, %(most_rate_per_min)s,
    %(holds_s)s, %(key_value)s, %(position)s
FROM asset_class
WHERE tag = %(class_tag)s
ON CONFLICT (class_id, key) DO UPDATE
SET
    name = excluded.name, name_zh = excluded.name_zh, unit = excluded.unit, role = excluded.role, low = excluded.low,
    high = excluded.high, most_rate_per_min = excluded.most_rate_per_min, holds_s = excluded.holds_s,
    key_value = excluded.key_value,
    position = excluded.position
WHERE (
    held.name, held.name_zh, held.unit, held.role, held.low, held.high, held.most_rate_per_min, held.holds_s,
    held.key_value,
    held.position
) IS DISTINCT FROM (
    excluded.name, excluded.name_zh, excluded.unit, excluded.role, excluded.low, excluded.high,
    excluded.most_rate_per_min, excluded.holds_s, excluded.key_value, excluded.position
)
RETURNING xmax = 0 AS added;

-- name: put_signals_of_class
-- Give assets the signals that their classes describe; what was said of one asset's own signal stays.
INSERT INTO signal AS held (
    asset_id, key, name, name_zh, unit, role, low, high, most_rate_per_min, holds_s, key_value, position
)
SELECT
    a.asset_id, d.key, d.name, d.name_zh, d.unit, d.role, d.low, d.high, d.most_rate_per_min, d.holds_s, d.key_value,
    d.position
FROM asset AS a
JOIN site AS s USING (site_id)
JOIN class_signal AS d USING (class_id)
WHERE s.tag = %(site)s AND a.tag = ANY(%(tags)s)
ORDER BY a.asset_id, d.position
ON CONFLICT ON CONSTRAINT signal_key_is_unique_in_its_asset DO UPDATE
SET
    name = excluded.name, name_zh = excluded.name_zh, unit = excluded.unit, role = excluded.role, low = excluded.low,
    high = excluded.high, most_rate_per_min = excluded.most_rate_per_min, holds_s = excluded.holds_s,
    key_value = excluded.key_value,
    position = excluded.position, self_registered = false
WHERE NOT held.is_own AND (
    held.name, held.name_zh, held.unit, held.role, held.low, held.high, held.most_rate_per_min, held.holds_s,
    held.key_value,
    held.position, held.self_registered
) IS DISTINCT FROM (
    excluded.name, excluded.name_zh, excluded.unit, excluded.role, excluded.low, excluded.high,
    excluded.most_rate_per_min, excluded.holds_s, excluded.key_value, excluded.position, false
)
RETURNING xmax = 0 AS added;

-- name: installed
-- What is installed at an asset now.
SELECT i.installation_id, e.serial, e.manufacturer
FROM installation AS i
LEFT JOIN equipment AS e USING (equipment_id)
WHERE i.asset_id = %(asset_id)s AND i.installed_to IS NULL;

-- name: name_installed
-- Say which machine it is that stands at an asset without a serial number.
UPDATE installation
SET equipment_id = (SELECT equipment_id FROM equipment WHERE serial = %(serial)s AND manufacturer = %(manufacturer)s)
WHERE asset_id = %(asset_id)s AND installed_to IS NULL;

-- name: remove_equipment
-- End the present installation of an asset.
UPDATE installation
SET installed_to = %(at)s
WHERE asset_id = %(asset_id)s AND installed_to IS NULL;

-- name: interrupt_scoring
-- Let whoever scores an asset lose the fence: what it is about to write was meant for the machine that is gone.
UPDATE scoring
SET
    holder = NULL,
    lease_until = NULL,
    fence = fence + 1
WHERE asset_id = %(asset_id)s;

-- name: clear_findings
-- Clear whatever stands open of an asset at the last instant it was seen.
UPDATE finding
SET
    cleared = updated,
    revision = revision + 1
WHERE asset_id = %(asset_id)s
    AND cleared IS NULL;

-- name: install_equipment
-- Install a machine, or an unknown one where no serial is known.
INSERT INTO installation (asset_id, equipment_id, installed_from)
VALUES (
    %(asset_id)s,
    (SELECT equipment_id FROM equipment WHERE serial = %(serial)s AND manufacturer = %(manufacturer)s),
    %(at)s
);

-- name: asset
-- One asset by its tags.
SELECT
    a.asset_id, s.tag AS site, a.tag AS asset, a.name, c.tag AS asset_class, i.installation_id,
    (SELECT max(l.time) FROM latest AS l JOIN signal AS g USING (signal_id) WHERE g.asset_id = a.asset_id) AS newest
FROM asset AS a
JOIN site AS s USING (site_id)
JOIN asset_class AS c USING (class_id)
LEFT JOIN installation AS i ON i.asset_id = a.asset_id AND i.installed_to IS NULL
WHERE s.tag = %(site)s AND a.tag = %(tag)s;

-- name: asset_by_id
-- One asset by its id.
SELECT a.asset_id, s.tag AS site, a.tag AS asset, a.name, c.tag AS asset_class, i.installation_id
FROM asset AS a
JOIN site AS s USING (site_id)
JOIN asset_class AS c USING (class_id)
LEFT JOIN installation AS i ON i.asset_id = a.asset_id AND i.installed_to IS NULL
WHERE a.asset_id = %(asset_id)s;

-- name: assets
-- Every asset that is not retired.
SELECT a.asset_id, s.tag AS site, a.tag AS asset, a.name, c.tag AS asset_class
FROM asset AS a
JOIN site AS s USING (site_id)
JOIN asset_class AS c USING (class_id)
WHERE a.retired_at IS NULL
ORDER BY s.tag, a.tag;

-- name: feeds
-- What an asset feeds.
SELECT t.tag
FROM feed AS f
JOIN asset AS t ON t.asset_id = f.to_asset_id
WHERE f.from_asset_id = %(asset_id)s;

-- name: add_feed
-- Say that one asset feeds another of its site.
INSERT INTO feed (from_asset_id, to_asset_id)
SELECT a.asset_id, t.asset_id
FROM asset AS a
JOIN asset AS t ON t.site_id = a.site_id
WHERE a.asset_id = %(asset_id)s AND t.tag = %(to)s
ON CONFLICT DO NOTHING;

-- name: drop_feed
-- Say that one asset no longer feeds another.
DELETE FROM feed AS f
USING asset AS t
WHERE f.from_asset_id = %(asset_id)s AND t.asset_id = f.to_asset_id AND t.tag = %(to)s;

-- name: add_signal
-- Register a signal by its key where it is not known yet.
INSERT INTO signal (asset_id, key, name, position)
VALUES (%(asset_id)s, %(key)s, %(key)s, %(position)s)
ON CONFLICT ON CONSTRAINT signal_key_is_unique_in_its_asset DO NOTHING;

-- name: units
-- The units of an asset's signals, by key.
SELECT key, unit
FROM signal
WHERE asset_id = %(asset_id)s;

-- name: put_absent_unit
-- Give a signal its unit where the register has none.
UPDATE signal
SET unit = %(unit)s
WHERE asset_id = %(asset_id)s
    AND key = %(key)s
    AND unit = '';

-- name: is_empty
-- Whether nothing is registered yet.
SELECT NOT EXISTS (SELECT FROM asset) AS empty;

-- name: knows
-- Whether a site and a class are registered.
SELECT
    EXISTS (SELECT FROM site WHERE tag = %(site)s) AS site,
    EXISTS (SELECT FROM asset_class WHERE tag = %(class_tag)s) AS asset_class;

-- name: sites
-- Every site with its names.
SELECT tag, name, name_zh
FROM site
ORDER BY tag;

-- name: classes
-- Every class of equipment with its names.
SELECT tag, name, name_zh
FROM asset_class
ORDER BY tag;

-- name: time_zones
-- The time zone of every site.
SELECT tag, timezone
FROM site
ORDER BY tag;

-- name: time_zone
-- The time zone of a site.
SELECT timezone
FROM site
WHERE tag = %(site)s;
