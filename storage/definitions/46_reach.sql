-- How far each asset that is not retired may be judged now. Its horizon is its newest value less the grace of its class and what the slots
-- of ingest lag one another by, or all once nothing was stored for as long (and for `p_quiet_s`, for `latest` lags too).
CREATE OR REPLACE FUNCTION reach(p_now timestamptz, p_quiet_s double precision)
RETURNS TABLE (asset_id integer, newest timestamptz, stored_at timestamptz, horizon timestamptz)
LANGUAGE sql
STABLE
AS $$
    WITH spread AS (
        SELECT ingest_spread_s(p_now) AS seconds
    ),
    newest AS (
        SELECT signal.asset_id, max(latest.time) AS time, max(latest.stored_at) AS stored_at
        FROM latest
        JOIN signal USING (signal_id)
        GROUP BY signal.asset_id
    )
    SELECT
        newest.asset_id,
        newest.time,
        newest.stored_at,
        CASE
            WHEN newest.stored_at + greatest(patience.grace, make_interval(secs => p_quiet_s)) <= p_now THEN newest.time
            ELSE newest.time - patience.grace
        END
    FROM newest
    JOIN asset USING (asset_id)
    JOIN asset_class USING (class_id)
    CROSS JOIN spread
    CROSS JOIN LATERAL (
        SELECT make_interval(secs => asset_class.grace_s + spread.seconds) AS grace
    ) AS patience
    WHERE asset.retired_at IS NULL
$$;
