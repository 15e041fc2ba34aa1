-- How each asset is, and what that is judged by.

-- What the judgement weighs, of each asset. `score` is its last one, where that counts: its model is not in shadow
-- (flag 2) and knows the regime (flag 4), and no reading is more than 10 min younger. `worst` leaves out alerts that are
-- suppressed by design or out of service, and counts those that are shelved: they are no less true. Where all that an
-- asset says is said only when it changes, it is silent once none of that holds any more.
CREATE VIEW watch.health_evidence AS
SELECT
    a.asset_id,
    a.state,
    worst.severity AS worst,
    heard.at AS heard_at,
    heard.newest AS newest_at,
    greatest(c.silent_after_s, heard.holds_s) AS silent_after_s,
    own.is_online IS FALSE AS is_dead,
    r.began AS relearning_since,
    m.model_id,
    m.kind AS model_kind,
    m.version AS model_version,
    m.trained_at AS model_trained_at,
    last.time AS scored_at,
    CASE
        WHEN last.flags & 6 = 0 AND last.time >= coalesce(heard.newest - interval '10 minutes', last.time)
        THEN least(greatest(last.score_last, 0), 1)
    END AS score
FROM asset AS a
JOIN asset_class AS c USING (class_id)
LEFT JOIN device_session AS own USING (asset_id)
LEFT JOIN relearning AS r ON r.asset_id = a.asset_id AND r.ended IS NULL
LEFT JOIN installation AS i ON i.asset_id = a.asset_id AND i.installed_to IS NULL
LEFT JOIN LATERAL (
    SELECT model_id, kind, version, trained_at
    FROM model
    WHERE installation_id = i.installation_id AND state = 'champion'
    ORDER BY trained_at DESC
    LIMIT 1
) AS m ON true
LEFT JOIN LATERAL (
    SELECT time, score_last, flags
    FROM score
    WHERE asset_id = a.asset_id
    ORDER BY time DESC
    LIMIT 1
) AS last ON true
LEFT JOIN LATERAL (
    SELECT max(l.stored_at) AS at, max(l.time) AS newest,
        CASE WHEN bool_and(g.holds_s IS NOT NULL) FILTER (WHERE g.retired_at IS NULL) THEN max(g.holds_s) END AS holds_s
    FROM signal AS g
    JOIN latest AS l USING (signal_id)
    WHERE g.asset_id = a.asset_id
) AS heard ON true
LEFT JOIN LATERAL (
    SELECT severity
    FROM alert
    WHERE asset_id = a.asset_id AND active AND NOT suppressed AND NOT out_of_service
    ORDER BY array_position(ARRAY['CRITICAL', 'MAJOR', 'MINOR', 'WARNING'], severity) NULLS LAST
    LIMIT 1
) AS worst ON true;

-- How each asset is now. `word` is its health, `rank` how urgent that is, 7 is worst. `health_percent` is
-- 100 × (1 − score) where the score alone says the same as the word, else null: a figure never contradicts the word.
CREATE VIEW watch.health AS
SELECT
    a.asset_id,
    a.site,
    a.asset,
    a.label,
    a.name,
    a.class,
    a.class_name,
    a.state,
    judged.word,
    health_rank(judged.word) AS rank,
    e.worst,
    judged.is_silent,
    e.score,
    CASE
        WHEN judged.word = health_of('in_service', NULL, false, false, true, e.score) THEN 100 * (1 - e.score)
    END AS health_percent,
    e.scored_at,
    e.newest_at,
    extract(epoch FROM now() - e.newest_at)::double precision AS data_age_s,
    extract(epoch FROM now() - e.heard_at)::double precision AS stored_age_s
FROM watch.asset AS a
JOIN watch.health_evidence AS e USING (asset_id)
CROSS JOIN LATERAL (
    SELECT
        is_silent(e.heard_at, e.silent_after_s, e.is_dead, now()) AS is_silent,
        health_of(
            e.state, e.worst, is_silent(e.heard_at, e.silent_after_s, e.is_dead, now()), e.relearning_since IS NOT NULL,
            e.model_id IS NOT NULL, e.score
        ) AS word
) AS judged;
