-- name: lease
-- Take assets that have something to score and nobody at work on them; every lease has a fence of its own.
-- Scored is what the asset's newest value is ahead of by the grace, or all once nothing was stored for as long.
WITH slot AS (
    SELECT
        CASE
            WHEN holder IS NOT NULL AND lease_until >= %(now)s THEN lag_s
            ELSE greatest(lag_s, extract(epoch FROM %(now)s::timestamptz - last_commit))
        END AS lag_s
    FROM ingest_slot
    WHERE lease_until IS NOT NULL
),
spread AS (
    SELECT least(900, coalesce(max(lag_s) - min(lag_s), 0)) AS seconds
    FROM slot
),
newest AS (
    SELECT signal.asset_id, max(latest.time) AS time, max(latest.stored_at) AS stored_at
    FROM latest
    JOIN signal USING (signal_id)
    GROUP BY signal.asset_id
),
due AS (
    SELECT scoring.asset_id, reach.horizon
    FROM scoring
    JOIN asset USING (asset_id)
    JOIN asset_class USING (class_id)
    JOIN newest USING (asset_id)
    CROSS JOIN spread
    CROSS JOIN LATERAL (
        SELECT make_interval(secs => asset_class.grace_s + spread.seconds) AS grace
    ) AS patience
    CROSS JOIN LATERAL (
        SELECT
            CASE
                WHEN newest.stored_at + greatest(patience.grace, make_interval(secs => %(quiet_s)s)) <= %(now)s
                    THEN newest.time
                ELSE newest.time - patience.grace
            END AS horizon
    ) AS reach
    WHERE scoring.model_id IS NOT NULL
        AND scoring.model_id <> ALL (%(skip_models)s::integer[])
        AND scoring.asset_id <> ALL (%(skip_assets)s::integer[])
        AND (scoring.lease_until IS NULL OR scoring.lease_until <= %(now)s OR scoring.holder = %(holder)s)
        AND scoring.watermark < reach.horizon
    ORDER BY scoring.asset_id
    LIMIT %(most)s
    FOR UPDATE OF scoring SKIP LOCKED
)
UPDATE scoring
SET
    holder = %(holder)s,
    lease_until = %(now)s::timestamptz + make_interval(secs => %(lease_s)s),
    fence = scoring.fence + 1
FROM due
WHERE scoring.asset_id = due.asset_id
RETURNING scoring.asset_id, scoring.fence, scoring.model_id, scoring.watermark, scoring.state, due.horizon;

-- name: advance
-- Write how far an asset is scored and give the lease back, unless somebody took it over since.
UPDATE scoring
SET
    watermark = %(watermark)s,
    state = %(state)s,
    holder = NULL,
    lease_until = NULL
WHERE asset_id = %(asset_id)s
    AND fence = %(fence)s;

-- name: release
-- Give every lease of a worker back.
UPDATE scoring
SET
    holder = NULL,
    lease_until = NULL
WHERE holder = %(holder)s;

-- name: write_score
-- One score row; a new model that judges an instant again replaces it. Bit 2: given in shadow, it does not count.
INSERT INTO score (asset_id, time, model_id, score_max, score_last, flags)
VALUES (
    %(asset_id)s, %(time)s, %(model_id)s, %(score_max)s, %(score_last)s,
    %(flags)s | CASE WHEN is_relearning(%(asset_id)s, %(time)s) THEN 2 ELSE 0 END
)
ON CONFLICT (asset_id, time) DO UPDATE
SET
    model_id = excluded.model_id,
    score_max = excluded.score_max,
    score_last = excluded.score_last,
    flags = excluded.flags;

-- name: reset
-- Let an asset be scored by a new model, never again what was scored already; whoever is at work loses the fence.
INSERT INTO scoring (asset_id, model_id, watermark, state)
VALUES (%(asset_id)s, %(model_id)s, %(watermark)s, %(state)s)
ON CONFLICT (asset_id) DO UPDATE
SET
    model_id = excluded.model_id,
    watermark = greatest(scoring.watermark, excluded.watermark),
    state = excluded.state,
    holder = NULL,
    lease_until = NULL,
    fence = scoring.fence + 1;

-- name: watermark
-- How far an asset is scored.
SELECT watermark
FROM scoring
WHERE asset_id = %(asset_id)s;
