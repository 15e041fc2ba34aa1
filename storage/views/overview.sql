-- name: named
-- One asset, by its tags.
SELECT a.asset_id
FROM asset AS a
JOIN site AS s USING (site_id)
WHERE s.tag = %(site)s AND a.tag = %(tag)s AND a.retired_at IS NULL;

-- name: keep_plans
-- Until the transaction ends each statement keeps its plan: to plan what a twin shows takes four times as long as to read.
SELECT set_config('plan_cache_mode', 'force_generic_plan', true);

-- name: page
-- A page of the assets that are wanted, by site and tag.
SELECT a.asset_id
FROM asset AS a
JOIN site AS s USING (site_id)
JOIN asset_class AS c USING (class_id)
WHERE a.retired_at IS NULL
    AND (%(site)s::text IS NULL OR s.tag = %(site)s)
    AND (%(asset_class)s::text IS NULL OR c.tag = %(asset_class)s)
    AND (%(after_site)s::text IS NULL OR (s.tag, a.tag) > (%(after_site)s, %(after_tag)s))
ORDER BY s.tag, a.tag
LIMIT %(most)s;

-- name: assets
-- Some assets with their health, by site and tag: by their ids alone, so that one plan serves every time.
SELECT
    a.asset_id,
    s.tag AS site,
    s.name AS site_name,
    s.name_zh AS site_name_zh,
    a.tag AS asset,
    a.name,
    a.name_zh,
    a.area,
    c.tag AS asset_class,
    c.name AS class_name,
    c.name_zh AS class_name_zh,
    a.state,
    a.x,
    a.y,
    health_of(
        e.state, e.worst, is_silent(e.heard_at, e.silent_after_s, e.is_dead, %(now)s), e.relearning_since IS NOT NULL,
        e.model_id IS NOT NULL, e.score
    ) AS health,
    e.worst,
    e.model_kind || ' ' || e.model_version AS model,
    e.model_trained_at,
    e.scored_at,
    e.score,
    e.relearning_since,
    e.heard_at,
    e.newest_at AS newest,
    (
        SELECT coalesce(array_agg(t.tag ORDER BY t.tag), '{}')
        FROM feed AS f
        JOIN asset AS t ON t.asset_id = f.to_asset_id
        WHERE f.from_asset_id = a.asset_id AND t.retired_at IS NULL
    ) AS feeds
FROM asset AS a
JOIN site AS s USING (site_id)
JOIN asset_class AS c USING (class_id)
-- kept apart (OFFSET), so that of one asset only its own evidence is gathered
CROSS JOIN LATERAL (SELECT * FROM watch.health_evidence WHERE asset_id = a.asset_id OFFSET 0) AS e
WHERE a.asset_id = ANY (%(asset_ids)s::integer[])
ORDER BY s.tag, a.tag;

-- name: signals
-- The signals of some assets, each with its latest value, in the order of the register.
SELECT g.asset_id, g.signal_id, g.key, g.name, g.name_zh, g.unit, g.role, g.low, g.high, g.holds_s, g.key_value,
    l.time, l.value, l.flags
FROM signal AS g
LEFT JOIN latest AS l USING (signal_id)
WHERE g.retired_at IS NULL
    AND g.asset_id = ANY (%(asset_ids)s::integer[])
    AND (NOT %(key_values)s OR g.key_value)
ORDER BY g.asset_id, g.position, g.key;

-- name: signal_names
-- How some assets' signals are called.
SELECT asset_id, key, name, name_zh
FROM signal
WHERE asset_id = ANY(%(asset_ids)s);

-- name: counts
-- How many alerts and orders stand open, and what came into quarantine since an instant.
SELECT
    (SELECT count(*) FROM alert WHERE active OR NOT acknowledged) AS open_alerts,
    (SELECT count(*) FROM alert WHERE NOT acknowledged) AS unacknowledged_alerts,
    (SELECT count(*) FROM work_order WHERE state NOT IN ('CLOSE', 'CAN')) AS open_orders,
    (SELECT count(*) FROM work_order WHERE state NOT IN ('CLOSE', 'CAN') AND acknowledged_at IS NULL)
        AS unacknowledged_orders,
    (SELECT count(*) FROM quarantine WHERE last_seen >= %(since)s) AS quarantined,
    (SELECT max(at) FROM alert_event) AS alerts_changed_at,
    (SELECT max(changed_at) FROM work_order) AS orders_changed_at;

-- name: quarantine
-- What is held in quarantine, the newest first, without payloads.
SELECT quarantine_id, topic, reason, detail, site_tag, asset_tag, length, first_seen, last_seen, count, readings
FROM quarantine
WHERE (%(reason)s::text IS NULL OR reason = %(reason)s)
    AND (%(site)s::text IS NULL OR site_tag = %(site)s)
    AND (%(after_at)s::timestamptz IS NULL OR (last_seen, quarantine_id) < (%(after_at)s, %(after_id)s::bigint))
ORDER BY last_seen DESC, quarantine_id DESC
LIMIT %(most)s;

-- name: quarantined_payload
-- One held payload, or as much of it as was kept.
SELECT quarantine_id, topic, reason, detail, site_tag, asset_tag, length, first_seen, last_seen, count, readings,
    payload
FROM quarantine
WHERE quarantine_id = %(quarantine_id)s;

-- name: beat
-- Whether the database answers.
SELECT installation
FROM deployment;
