-- The last estimate of how long each asset's machine has left; seconds from `time`, data time. `outlook` says in one word
-- why it is unknown where `likely_s` is null; `high_s` is null as well where the interval has no end. `wear_limit`: up to which
-- wear was counted, in alarm lines; null where it is from a class's history.
CREATE VIEW watch.remaining_life AS
SELECT a.asset_id, a.site, a.asset, a.label, r.time, r.outlook, r.likely_s, r.low_s, r.high_s, r.coverage,
    r.source_version, r.estimated_at, r.wear_limit
FROM watch.asset AS a
JOIN installation AS i ON i.asset_id = a.asset_id AND i.installed_to IS NULL
JOIN LATERAL (
    SELECT *
    FROM remaining_life
    WHERE asset_id = a.asset_id AND installation_id = i.installation_id
    ORDER BY time DESC
    LIMIT 1
) AS r ON true;
