-- What the digital twin shows.

-- What its one wide row is made of: one row an asset (signal_id null), one row a key value. `status` is the word people read, and for
-- how long the asset has been silent. `badges`: ⚒ a work order is open, ☾ an alert is shelved, ⚙ in commissioning,
-- ✕ nothing is heard of it. `flow`: 2 it runs, 1 it stands still, 0 nobody knows, since nothing is heard of it; it stands
-- still when it is out of service or on standby, or when all that was asked of it and all that flows through it is 0.
CREATE VIEW watch.twin AS
SELECT
    h.asset_id,
    NULL::integer AS signal_id,
    h.rank,
    h.health_percent,
    CASE
        WHEN NOT h.is_silent OR h.word = 'off' THEN word.en
        WHEN h.word = 'silent' THEN silence.en
        ELSE concat_ws(' ', word.en, '✕', lasts.time)
    END AS status,
    CASE
        WHEN NOT h.is_silent OR h.word = 'off' THEN word.zh
        WHEN h.word = 'silent' THEN silence.zh
        ELSE concat_ws(' ', word.zh, '✕', lasts.time)
    END AS status_zh,
    NULL::double precision AS value,
    concat_ws(
        ' ',
        CASE
            WHEN EXISTS (
                SELECT FROM work_order AS w WHERE w.asset_id = h.asset_id AND w.state NOT IN ('CLOSE', 'CAN')
            )
            THEN '⚒'
        END,
        CASE
            WHEN EXISTS (SELECT FROM alert AS l WHERE l.asset_id = h.asset_id AND l.active AND l.shelved_until > now())
            THEN '☾'
        END,
        CASE WHEN h.state = 'commissioning' THEN '⚙' END,
        CASE WHEN h.is_silent THEN '✕' END
    ) AS badges,
    life.days AS life_days,
    CASE
        WHEN h.is_silent THEN 0
        WHEN h.state IN ('out_of_service', 'standby') OR runs.stands_still THEN 1
        ELSE 2
    END AS flow
FROM watch.health AS h
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN h.stored_age_s >= 172800 THEN floor(h.stored_age_s / 86400)::integer || ' d'
        WHEN h.stored_age_s >= 7200 THEN floor(h.stored_age_s / 3600)::integer || ' h'
        WHEN h.stored_age_s >= 120 THEN floor(h.stored_age_s / 60)::integer || ' min'
        WHEN h.stored_age_s IS NOT NULL THEN floor(greatest(h.stored_age_s, 0))::integer || ' s'
    END AS time
) AS lasts
CROSS JOIN LATERAL (
    SELECT coalesce('Silent ' || lasts.time, 'No data yet') AS en, coalesce('无数据 ' || lasts.time, '尚无数据') AS zh
) AS silence
CROSS JOIN LATERAL (
    SELECT en, zh
    FROM (
        VALUES
        ('off', 'Not in service', '未投用'),
        ('good', 'Healthy', '正常'),
        ('learning', 'Learning again', '重新学习'),
        ('no_model', 'No model yet', '尚无模型'),
        ('unknown', 'Not judged', '未评估'),
        ('silent', 'Silent', '无数据'),
        ('watch', 'Watch', '关注'),
        ('alarm', 'Alarm', '报警')
    ) AS said (word, en, zh)
    WHERE said.word = h.word
) AS word
LEFT JOIN LATERAL (
    SELECT r.likely_s / 86400 AS days FROM watch.remaining_life AS r WHERE r.asset_id = h.asset_id
) AS life ON true
CROSS JOIN LATERAL (
    SELECT max(abs(l.value)) <= 0 AS stands_still
    FROM signal AS s
    JOIN latest AS l USING (signal_id)
    WHERE s.asset_id = h.asset_id
        AND s.retired_at IS NULL
        AND (s.role = 'setting' OR s.unit IN ('m³/h', 'm3/h', 'l/min', 'l/s', 'kg/h', 'kg/s', 't/h', 'rpm'))
) AS runs
UNION ALL
SELECT k.asset_id, k.signal_id, NULL, NULL, NULL, NULL, k.value, NULL, NULL, NULL
FROM watch.key_value AS k;

-- How each area is: its worst, and how many of its assets are in alarm, watched, and silent.
CREATE VIEW watch.twin_area AS
SELECT
    a.site, a.area, max(h.rank) AS rank, count(*)::integer AS assets,
    (count(*) FILTER (WHERE h.word = 'alarm'))::integer AS alarms,
    (count(*) FILTER (WHERE h.word = 'watch'))::integer AS watched,
    (count(*) FILTER (WHERE h.is_silent))::integer AS silent
FROM watch.health AS h
JOIN watch.asset AS a USING (asset_id)
GROUP BY a.site, a.area;
