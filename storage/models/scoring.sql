-- name: due
-- Assets whose model has something to score, and nobody at work on them.
SELECT scoring.asset_id, (extract(epoch FROM reach.horizon) * 1000000)::bigint AS horizon_us
FROM scoring
JOIN reach(%(now)s::timestamptz, %(quiet_s)s) USING (asset_id)
WHERE scoring.model_id IS NOT NULL
    AND scoring.model_id <> ALL (%(skip_models)s::integer[])
    AND scoring.asset_id <> ALL (%(skip_assets)s::integer[])
    AND (scoring.lease_until IS NULL OR scoring.lease_until <= %(now)s OR scoring.holder = %(holder)s)
    AND scoring.watermark < reach.horizon
ORDER BY scoring.asset_id;

-- name: lease
-- Take those assets that nobody is at work on and that are still behind; every lease has a fence of its own.
WITH free AS (
    SELECT scoring.asset_id
    FROM scoring
    JOIN unnest(%(asset_ids)s::integer[], %(horizons_us)s::bigint[]) AS wanted (asset_id, horizon_us) USING (asset_id)
    WHERE scoring.model_id IS NOT NULL
        AND (scoring.lease_until IS NULL OR scoring.lease_until <= %(now)s OR scoring.holder = %(holder)s)
        AND scoring.watermark < 'epoch'::timestamptz + wanted.horizon_us * interval '1 microsecond'
    ORDER BY scoring.asset_id
    FOR UPDATE OF scoring SKIP LOCKED
)
UPDATE scoring
SET
    holder = %(holder)s,
    lease_until = %(now)s::timestamptz + make_interval(secs => %(lease_s)s),
    fence = scoring.fence + 1
FROM free
WHERE scoring.asset_id = free.asset_id
RETURNING scoring.asset_id, scoring.fence;

-- name: remember
-- What is known of taken assets, but for those that another worker has taken over since.
SELECT
    scoring.asset_id, scoring.fence, scoring.model_id, scoring.state, scoring.line, taken.horizon_us,
    (extract(epoch FROM scoring.watermark) * 1000000)::bigint AS watermark_us
FROM scoring
JOIN unnest(%(asset_ids)s::integer[], %(fences)s::bigint[], %(horizons_us)s::bigint[])
    AS taken (asset_id, fence, horizon_us) USING (asset_id)
WHERE scoring.fence = taken.fence
ORDER BY scoring.asset_id;

-- name: advance
-- Write how far assets are scored and give their leases back, but for those that another worker has taken over since.
WITH held AS (
    SELECT scoring.asset_id, judged.watermark_us, judged.state
    FROM scoring
    JOIN unnest(%(asset_ids)s::integer[], %(fences)s::bigint[], %(watermarks_us)s::bigint[], %(states)b::bytea[])
        AS judged (asset_id, fence, watermark_us, state) USING (asset_id)
    WHERE scoring.fence = judged.fence
    ORDER BY scoring.asset_id
    FOR UPDATE OF scoring
)
UPDATE scoring
SET
    watermark = 'epoch'::timestamptz + held.watermark_us * interval '1 microsecond',
    state = held.state,
    holder = NULL,
    lease_until = NULL
FROM held
WHERE scoring.asset_id = held.asset_id
RETURNING scoring.asset_id;

-- name: release
-- Give every lease of a worker back.
UPDATE scoring
SET
    holder = NULL,
    lease_until = NULL
WHERE holder = %(holder)s;

-- name: write_scores
-- One score row an asset; a new model that judges an instant again replaces it. Bit 2: given in shadow, it does not
-- count, since the asset is being learnt again.
WITH given AS (
    SELECT
        asset_id, 'epoch'::timestamptz + time_us * interval '1 microsecond' AS time, model_id, score_max, score_last,
        flags
    FROM unnest(
        %(asset_ids)s::integer[], %(times_us)s::bigint[], %(model_ids)s::integer[], %(maxima)s::double precision[],
        %(lasts)s::double precision[], %(flags)s::smallint[]
    ) AS u (asset_id, time_us, model_id, score_max, score_last, flags)
)
INSERT INTO score (asset_id, time, model_id, score_max, score_last, flags)
SELECT
    asset_id, time, model_id, score_max, score_last,
    (flags | CASE WHEN is_relearning(asset_id, time) THEN 2 ELSE 0 END)::smallint
FROM given
ON CONFLICT (asset_id, time) DO UPDATE
SET
    model_id = excluded.model_id,
    score_max = excluded.score_max,
    score_last = excluded.score_last,
    flags = excluded.flags;

-- name: reset
-- Let an asset be scored by a new model, but never again what is scored already; a worker that leases it loses its fence.
INSERT INTO scoring (asset_id, model_id, watermark, state, line)
SELECT %(asset_id)s, model_id, %(watermark)s, %(state)s, line
FROM model
WHERE model_id = %(model_id)s
ON CONFLICT (asset_id) DO UPDATE
SET
    model_id = excluded.model_id,
    watermark = greatest(scoring.watermark, excluded.watermark),
    state = excluded.state,
    line = excluded.line,
    holder = NULL,
    lease_until = NULL,
    fence = scoring.fence + 1;

-- name: watermark
-- How far an asset is scored.
SELECT watermark
FROM scoring
WHERE asset_id = %(asset_id)s;

-- name: move_line
-- Let an asset be judged by another alarm line from the next round on, where this model judges it.
UPDATE scoring
SET line = %(line)s
WHERE asset_id = %(asset_id)s
    AND model_id = %(model_id)s;
