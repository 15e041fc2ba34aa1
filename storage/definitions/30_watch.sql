-- What Grafana and people watch. Views only; everything below may be read by a stranger with the read-only role.
-- Scores run from 0 to 1, where 1 is worst; times are data time unless a column says otherwise; ages are seconds.

-- Every asset that is not retired. `label` is its tag, with the site before it only where two sites use one tag.
CREATE VIEW watch.asset AS
SELECT
    a.asset_id,
    s.tag AS site,
    a.tag AS asset,
    CASE
        WHEN EXISTS (
            SELECT FROM asset AS other
            WHERE other.tag = a.tag AND other.site_id <> a.site_id AND other.retired_at IS NULL
        )
        THEN s.tag || '/' || a.tag
        ELSE a.tag
    END AS label,
    a.name,
    c.tag AS class,
    c.name AS class_name,
    a.state,
    a.x,
    a.y,
    coalesce(nullif(a.area, ''), '–') AS area,
    coalesce(nullif(a.name_zh, ''), a.name) AS name_zh,
    s.name AS site_name,
    coalesce(nullif(s.name_zh, ''), s.name) AS site_name_zh,
    coalesce(nullif(c.name_zh, ''), c.name) AS class_name_zh,
    s.timezone
FROM asset AS a
JOIN site AS s USING (site_id)
JOIN asset_class AS c USING (class_id)
WHERE a.retired_at IS NULL;

-- Every signal that is not retired, by the names people use.
CREATE VIEW watch.signal AS
SELECT
    s.signal_id, s.asset_id, s.key, coalesce(nullif(s.name, ''), s.key) AS name,
    coalesce(nullif(s.name_zh, ''), nullif(s.name, ''), s.key) AS name_zh, s.unit, s.role, s.low, s.high, s.key_value,
    s.position
FROM signal AS s
WHERE s.retired_at IS NULL;

-- Which asset feeds which.
CREATE VIEW watch.feed AS
SELECT f.from_asset_id, source.site AS from_site, source.asset AS from_asset, f.to_asset_id, target.site AS to_site,
    target.asset AS to_asset
FROM feed AS f
JOIN watch.asset AS source ON source.asset_id = f.from_asset_id
JOIN watch.asset AS target ON target.asset_id = f.to_asset_id;

-- Every stored value, those of bad quality and of retired signals left out.
CREATE VIEW watch.series AS
SELECT a.asset_id, a.site, a.asset, a.label, s.signal_id, s.key AS signal, s.name, s.unit, r.time, r.value
FROM watch.asset AS a
JOIN signal AS s USING (asset_id)
JOIN reading AS r USING (signal_id)
WHERE r.flags & 2 = 0 AND s.retired_at IS NULL;

-- How far each asset has slowly left the state it was trained in: 0 as trained, 1 the limit. Ten minutes a row.
CREATE VIEW watch.wear AS
SELECT a.asset_id, a.site, a.asset, a.label, h.time, h.wear, h.model_id
FROM watch.asset AS a
JOIN wear AS h USING (asset_id);

-- Every score a model gave; one in shadow does not count, since the asset is being learnt again.
CREATE VIEW watch.score AS
SELECT a.asset_id, a.site, a.asset, a.label, sc.time, sc.score_max, sc.score_last, sc.model_id,
    sc.flags & 2 <> 0 AS shadow
FROM watch.asset AS a
JOIN score AS sc USING (asset_id);

-- How long ago each signal last spoke: by the time it claims, and by the time it was stored; null where it never did.
-- `is_silent`: that is longer ago than its class's `silent_after_s`, or than its last value holds (`holds_s`) where it is
-- reported only when it changes.
CREATE VIEW watch.freshness AS
SELECT
    a.asset_id,
    a.site,
    a.asset,
    a.label,
    s.signal_id,
    s.key AS signal,
    s.name,
    s.unit,
    l.time,
    l.stored_at,
    CASE WHEN l.flags & 2 = 0 THEN l.value END AS value,
    CASE WHEN l.flags & 2 <> 0 THEN 'bad' WHEN l.flags & 4 <> 0 THEN 'uncertain' WHEN l.flags IS NOT NULL THEN 'good' END
        AS quality,
    extract(epoch FROM now() - l.time)::double precision AS data_age_s,
    extract(epoch FROM now() - l.stored_at)::double precision AS stored_age_s,
    is_silent(l.stored_at, greatest(c.silent_after_s, s.holds_s), false, now()) AS is_silent,
    s.holds_s
FROM watch.asset AS a
JOIN asset_class AS c ON c.tag = a.class
JOIN signal AS s USING (asset_id)
LEFT JOIN latest AS l USING (signal_id)
WHERE s.retired_at IS NULL;

-- Every alert with the name of its state by ISA-18.2; `open` while it is active or unacknowledged. `mark` is what a chart says
-- of it.
CREATE VIEW watch.alert AS
SELECT
    al.alert_id,
    a.asset_id,
    a.site,
    a.asset,
    a.label,
    a.name,
    al.kind,
    upper(left(al.kind, 1)) || replace(substr(al.kind, 2), '_', ' ') AS kind_name,
    al.severity,
    coalesce(array_position(ARRAY['INDETERMINATE', 'WARNING', 'MINOR', 'MAJOR', 'CRITICAL'], al.severity), 1) - 1
        AS severity_rank,
    named.state,
    in_chinese(named.state) AS state_zh,
    in_english(al.severity) || ': ' || in_english(al.kind) AS mark,
    in_chinese(al.severity) || '：' || in_chinese(al.kind) AS mark_zh,
    al.active OR NOT al.acknowledged AS open,
    al.count,
    al.onset,
    al.raised_at,
    al.cleared_at,
    al.acknowledged_at,
    al.acknowledged_by
FROM alert AS al
JOIN watch.asset AS a USING (asset_id)
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN al.out_of_service THEN 'Out of service'
        WHEN al.suppressed THEN 'Suppressed by design'
        WHEN al.shelved_until > now() THEN 'Shelved'
        WHEN al.active AND al.acknowledged THEN 'Acknowledged'
        WHEN al.active THEN 'Unacknowledged'
        WHEN al.acknowledged THEN 'Normal'
        ELSE 'RTN-Unacknowledged'
    END AS state
) AS named;

-- Every work order; `open` until it is closed or cancelled.
CREATE VIEW watch.work_order AS
SELECT
    w.order_id,
    order_number(w.order_id) AS number,
    a.asset_id,
    a.site,
    a.asset,
    a.label,
    a.name,
    w.title,
    w.failure_mode,
    w.state,
    w.state NOT IN ('CLOSE', 'CAN') AS open,
    w.priority,
    w.severity,
    w.created_at,
    w.changed_at,
    w.requested_finish,
    w.acknowledged_at,
    w.acknowledged_by
FROM work_order AS w
JOIN watch.asset AS a USING (asset_id);

-- The newest value of each signal that the digital twin shows; null where its quality is bad or nothing has come.
CREATE VIEW watch.key_value AS
SELECT f.asset_id, f.site, f.asset, f.label, f.signal_id, f.signal, f.name, f.unit, f.time, f.value, f.quality
FROM watch.freshness AS f
JOIN signal AS s USING (signal_id)
WHERE s.key_value;
