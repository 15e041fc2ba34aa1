-- name: enrol
-- Watch every asset that has spoken, from a minute before its newest value on.
INSERT INTO guarding (asset_id, watermark)
SELECT signal.asset_id, max(latest.time) - interval '1 minute'
FROM latest
JOIN signal USING (signal_id)
WHERE NOT EXISTS (SELECT FROM guarding WHERE guarding.asset_id = signal.asset_id)
GROUP BY signal.asset_id
ORDER BY signal.asset_id
ON CONFLICT (asset_id) DO NOTHING;

-- name: due
-- Assets that have said something new, or have fallen silent, and nobody at work on them.
-- An asset is silent by the clock, and no sooner than a worker has looked for as long; where all that it says is said only
-- when it changes, no sooner than none of that holds any more.
SELECT guarding.asset_id, (extract(epoch FROM reach.horizon) * 1000000)::bigint AS horizon_us, fallen.silent
FROM guarding
JOIN reach(%(now)s::timestamptz, %(quiet_s)s) USING (asset_id)
JOIN asset USING (asset_id)
JOIN asset_class USING (class_id)
CROSS JOIN LATERAL (
    SELECT
        asset.state = 'in_service'
        AND greatest(reach.stored_at, %(since)s) + make_interval(secs => asset_class.silent_s) <= %(now)s
        AND coalesce((
            SELECT
                NOT bool_and(signal.holds_s IS NOT NULL)
                OR reach.stored_at + make_interval(secs => max(signal.holds_s)) <= %(now)s
            FROM signal
            JOIN latest USING (signal_id)
            WHERE signal.asset_id = asset.asset_id AND signal.retired_at IS NULL
        ), true) AS silent
) AS fallen
WHERE guarding.asset_id <> ALL (%(skip_assets)s::integer[])
    AND (guarding.lease_until IS NULL OR guarding.lease_until <= %(now)s OR guarding.holder = %(holder)s)
    AND (guarding.watermark < reach.horizon OR (fallen.silent AND NOT guarding.silent))
ORDER BY guarding.asset_id;

-- name: lease
-- Take those assets that nobody is at work on; every lease has a fence of its own.
WITH free AS (
    SELECT guarding.asset_id
    FROM guarding
    JOIN unnest(%(asset_ids)s::integer[], %(horizons_us)s::bigint[], %(silents)s::boolean[])
        AS wanted (asset_id, horizon_us, silent) USING (asset_id)
    WHERE (guarding.lease_until IS NULL OR guarding.lease_until <= %(now)s OR guarding.holder = %(holder)s)
        AND (
            guarding.watermark < 'epoch'::timestamptz + wanted.horizon_us * interval '1 microsecond'
            OR (wanted.silent AND NOT guarding.silent)
        )
    ORDER BY guarding.asset_id
    FOR UPDATE OF guarding SKIP LOCKED
)
UPDATE guarding
SET
    holder = %(holder)s,
    lease_until = %(now)s::timestamptz + make_interval(secs => %(lease_s)s),
    fence = guarding.fence + 1
FROM free
WHERE guarding.asset_id = free.asset_id
RETURNING guarding.asset_id, guarding.fence;

-- name: remember
-- What is known of taken assets, but for those that another worker has taken over since.
SELECT
    guarding.asset_id, guarding.fence, guarding.state, taken.horizon_us, taken.silent,
    (extract(epoch FROM guarding.watermark) * 1000000)::bigint AS watermark_us
FROM guarding
JOIN unnest(%(asset_ids)s::integer[], %(fences)s::bigint[], %(horizons_us)s::bigint[], %(silents)s::boolean[])
    AS taken (asset_id, fence, horizon_us, silent) USING (asset_id)
WHERE guarding.fence = taken.fence
ORDER BY guarding.asset_id;

-- name: advance
-- Write how far assets are watched and give their leases back, but for those that another worker has taken over since.
WITH held AS (
    SELECT guarding.asset_id, judged.watermark_us, judged.state, judged.silent
    FROM guarding
    JOIN unnest(
        %(asset_ids)s::integer[], %(fences)s::bigint[], %(watermarks_us)s::bigint[], %(silents)s::boolean[],
        %(states)b::bytea[]
    ) AS judged (asset_id, fence, watermark_us, silent, state) USING (asset_id)
    WHERE guarding.fence = judged.fence
    ORDER BY guarding.asset_id
    FOR UPDATE OF guarding
)
UPDATE guarding
SET
    watermark = 'epoch'::timestamptz + held.watermark_us * interval '1 microsecond',
    state = held.state,
    silent = held.silent,
    holder = NULL,
    lease_until = NULL
FROM held
WHERE guarding.asset_id = held.asset_id
RETURNING guarding.asset_id;

-- name: release
-- Give every lease of a worker back.
UPDATE guarding
SET
    holder = NULL,
    lease_until = NULL
WHERE holder = %(holder)s;

-- name: guarded_assets
-- What is watched of some assets: every signal with its limits, in the register's order.
SELECT
    asset.asset_id, asset.tag AS asset, asset_class.silent_s, signal.signal_id, signal.key, signal.unit, signal.role,
    signal.low, signal.high, signal.most_rate_per_min,
    (
        SELECT r.deadband
        FROM rationalisation AS r
        WHERE r.class_id = asset.class_id AND r.kind = 'limit'
    ) AS deadband
FROM asset
JOIN asset_class USING (class_id)
JOIN signal USING (asset_id)
WHERE asset.asset_id = ANY (%(asset_ids)s::integer[])
    AND signal.retired_at IS NULL
ORDER BY asset.asset_id, signal.position, signal.signal_id;
