-- The series of watch.series rolled up by minute, hour and day (UTC), values of bad quality left out. `mean` is that of
-- the `n` values between `time` and the next step; `last` is the last of them. A step is there a minute or two after
-- its values.

CREATE VIEW watch.series_1m AS
SELECT
    a.asset_id, a.site, a.asset, a.label, s.signal_id, s.key AS signal, s.name, s.unit, r.time, r.total / r.n AS mean,
    r.lowest, r.highest, r.last, r.n
FROM watch.asset AS a
JOIN signal AS s USING (asset_id)
JOIN reading_1m AS r USING (signal_id)
WHERE s.retired_at IS NULL;

CREATE VIEW watch.series_1h AS
SELECT
    a.asset_id, a.site, a.asset, a.label, s.signal_id, s.key AS signal, s.name, s.unit, r.time, r.total / r.n AS mean,
    r.lowest, r.highest, r.last, r.n
FROM watch.asset AS a
JOIN signal AS s USING (asset_id)
JOIN reading_1h AS r USING (signal_id)
WHERE s.retired_at IS NULL;

CREATE VIEW watch.series_1d AS
SELECT
    a.asset_id, a.site, a.asset, a.label, s.signal_id, s.key AS signal, s.name, s.unit, r.time, r.total / r.n AS mean,
    r.lowest, r.highest, r.last, r.n
FROM watch.asset AS a
JOIN signal AS s USING (asset_id)
JOIN reading_1d AS r USING (signal_id)
WHERE s.retired_at IS NULL;
