-- name: totals
-- What the record holds, for the summary and the live screen.
SELECT
    (SELECT coalesce(sum(stored), 0) FROM delivery_unfolded)::bigint + (SELECT coalesce(sum(stored), 0) FROM delivery_total)::bigint
        AS readings,
    (SELECT coalesce(sum(count), 0)::bigint FROM quarantine) AS quarantined,
    (SELECT count(*) FROM alert) AS alerts,
    (SELECT count(*) FROM alert WHERE active OR NOT acknowledged) AS open_alerts,
    (SELECT count(*) FROM work_order) AS work_orders,
    (SELECT count(*) FROM work_order WHERE state NOT IN ('CLOSE', 'CAN')) AS open_work_orders,
    (SELECT count(*) FROM model WHERE state = 'champion') AS models,
    (SELECT count(*) FROM asset WHERE retired_at IS NULL) AS assets,
    (SELECT extract(epoch FROM now() - max(stored_at)) FROM latest)::double precision AS silent_s,
    (
        SELECT extract(epoch FROM max(newest.time - c.watermark))
        FROM scoring AS c
        JOIN (
            SELECT g.asset_id, max(l.time) AS time
            FROM latest AS l
            JOIN signal AS g USING (signal_id)
            GROUP BY g.asset_id
        ) AS newest USING (asset_id)
        WHERE c.model_id IS NOT NULL
    )::double precision AS scoring_lag_s;

-- name: first_order_since
-- The first work order since an instant.
SELECT w.created_at, s.tag AS site, a.tag AS asset, w.title
FROM work_order AS w
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
WHERE w.created_at >= %(since)s
ORDER BY w.created_at
LIMIT 1;

-- name: latest_orders
-- The newest work orders.
SELECT order_number(w.order_id) AS number, a.tag AS asset, w.title, w.state, w.acknowledged_by
FROM work_order AS w
JOIN asset AS a USING (asset_id)
ORDER BY w.created_at DESC
LIMIT 3;

-- name: stored_between
-- How many readings of an asset lie in a span of data time.
SELECT count(*) AS readings
FROM reading AS r
JOIN signal AS g USING (signal_id)
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
WHERE s.tag = %(site)s
    AND (%(tag)s::text IS NULL OR a.tag = %(tag)s)
    AND r.time >= %(since)s
    AND r.time <= %(until)s;

-- name: scored_until
-- Up to which data time an asset has been scored.
SELECT c.watermark
FROM scoring AS c
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
WHERE s.tag = %(site)s AND a.tag = %(tag)s;

-- name: clock
-- The server's clock.
SELECT clock_timestamp() AS now;

-- name: scoring_behind
-- Assets with a model whose scores end more than ten minutes of data time before their newest live reading.
SELECT s.tag || '/' || a.tag AS asset
FROM scoring AS c
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
JOIN LATERAL (
    SELECT max(l.time) AS time
    FROM latest AS l
    JOIN signal AS g USING (signal_id)
    WHERE g.asset_id = c.asset_id
) AS newest ON true
WHERE c.model_id IS NOT NULL AND newest.time - c.watermark > interval '10 minutes'
ORDER BY asset;

-- name: models_of_others
-- Assets whose model was trained under another scikit-learn than the one named.
SELECT s.tag || '/' || a.tag AS asset
FROM model AS m
JOIN installation AS i USING (installation_id)
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
WHERE m.state = 'champion' AND i.installed_to IS NULL AND m.libraries ->> 'scikit-learn' <> %(scikit_learn)s
ORDER BY asset;

-- name: slots_without_holder
-- Ingest slots that a process left without a successor: their session at the broker keeps what it was given.
SELECT slot
FROM ingest_slot
WHERE lease_until < now()
ORDER BY slot;

-- name: has_readings
-- Whether anything is stored of an asset between two instants, both included.
SELECT EXISTS (
    SELECT
    FROM signal AS g
    CROSS JOIN LATERAL (
        SELECT
        FROM reading AS r
        WHERE r.signal_id = g.signal_id
            AND r.time >= %(since)s
            AND r.time <= %(until)s
        LIMIT 1
    ) AS stored
    WHERE g.asset_id = %(asset_id)s
) AS stored;
