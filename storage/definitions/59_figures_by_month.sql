-- What a signal in a unit of power counts for, in kW; null where it is none.
CREATE OR REPLACE FUNCTION kw_of(p_unit text)
RETURNS double precision
LANGUAGE sql
IMMUTABLE
AS $$
    SELECT CASE p_unit WHEN 'W' THEN 0.001 WHEN 'kW' THEN 1 WHEN 'MW' THEN 1000 END::double precision
$$;

-- What each asset drew in each hour that something was heard of it, by its measurements of electric power.
CREATE VIEW watch.energy_1h AS
SELECT
    a.asset_id, a.site, a.area, a.asset, a.label, r.time, r.total / r.n * kw_of(s.unit) AS kwh
FROM watch.asset AS a
JOIN signal AS s USING (asset_id)
JOIN reading_1h AS r USING (signal_id)
WHERE s.unit IN ('W', 'kW', 'MW') AND s.role = 'measurement' AND s.retired_at IS NULL;

-- Make the figures of the last thirteen months anew, as known now; return how many there are.
CREATE OR REPLACE FUNCTION keep_figures(p_now timestamptz)
RETURNS bigint
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    v_since constant timestamptz := date_trunc('month', p_now) - interval '12 months';
    v_kept bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('assetloop.keep_figures'));
    DELETE FROM figure_month;
    WITH used AS MATERIALIZED (
        SELECT s.tag AS site, c.tag AS asset_class, a.tag AS asset,
            greatest(date_trunc('month', r.time AT TIME ZONE s.timezone) AT TIME ZONE s.timezone, v_since) AS time_from,
            sum(r.total / r.n * kw_of(g.unit)) AS kwh
        FROM asset AS a
        JOIN site AS s USING (site_id)
        JOIN asset_class AS c USING (class_id)
        JOIN signal AS g USING (asset_id)
        JOIN reading_1h AS r USING (signal_id)
        WHERE g.unit IN ('W', 'kW', 'MW') AND g.role = 'measurement' AND g.retired_at IS NULL AND r.time >= v_since
        GROUP BY 1, 2, 3, 4
    ),
    energy AS (
        SELECT
            CASE WHEN grouping(asset) = 0 THEN 'asset' WHEN grouping(asset_class) = 0 THEN 'class' ELSE 'site' END AS by,
            site, coalesce(asset_class, '') AS asset_class, coalesce(asset, '') AS asset, time_from, sum(kwh) AS kwh
        FROM used
        GROUP BY GROUPING SETS ((site, asset_class, asset, time_from), (site, asset_class, time_from), (site, time_from))
    )
    INSERT INTO figure_month
    SELECT one.by, f.*, e.kwh
    FROM (VALUES ('asset'), ('class'), ('site')) AS one (by)
    CROSS JOIN LATERAL figures(v_since, p_now, p_now, 'month', one.by) AS f
    LEFT JOIN energy AS e
        ON e.by = one.by AND e.site = f.site AND e.time_from = f.time_from
            AND e.asset_class = coalesce(f.asset_class, '') AND e.asset = coalesce(f.asset, '');
    GET DIAGNOSTICS v_kept = ROW_COUNT;
    RETURN v_kept;
END
$$;

-- Figures by month of the last thirteen, of each asset, class and site: as known at `known_at`, the last look.
CREATE VIEW watch.figures_by_month AS
SELECT f.*
FROM figure_month AS f
WHERE EXISTS (SELECT FROM site AS s WHERE s.tag = f.site);
