-- name: to_estimate
-- Machines whose scoring has gone on by so much since their last estimate, those left longest first.
SELECT i.asset_id, i.installation_id, a.tag AS asset, a.class_id, c.tag AS asset_class, k.watermark, k.model_id,
    m.version AS model_version, greatest(before.installed_to, normal.since) AS since,
    coalesce(a.wear_limit, c.wear_limit) AS wear_limit,
    EXISTS (SELECT FROM relearning WHERE asset_id = i.asset_id AND ended IS NULL) AS is_relearning
FROM scoring AS k
JOIN model AS m USING (model_id)
JOIN installation AS i ON i.asset_id = k.asset_id AND i.installed_to IS NULL
JOIN asset AS a ON a.asset_id = k.asset_id
JOIN asset_class AS c USING (class_id)
LEFT JOIN LATERAL (
    SELECT time
    FROM remaining_life
    WHERE asset_id = k.asset_id
    ORDER BY time DESC
    LIMIT 1
) AS last ON true
LEFT JOIN LATERAL (
    SELECT max(began) AS since
    FROM relearning
    WHERE installation_id = i.installation_id
        AND ended_how IS DISTINCT FROM 'dismissed'
) AS normal ON true
LEFT JOIN LATERAL (
    SELECT max(installed_to) AS installed_to
    FROM installation
    WHERE asset_id = i.asset_id AND installation_id <> i.installation_id
) AS before ON true
WHERE k.watermark IS NOT NULL
    AND (last.time IS NULL OR k.watermark >= last.time + %(every)s::interval)
ORDER BY last.time NULLS FIRST, i.asset_id
LIMIT %(most)s;

-- name: wear
-- The course of a machine's wear by one model.
SELECT extract(epoch FROM time)::double precision AS time_s, wear
FROM wear
WHERE asset_id = %(asset_id)s
    AND model_id = %(model_id)s
    AND (%(since)s::timestamptz IS NULL OR time >= %(since)s)
    AND time < %(until)s
ORDER BY time;

-- name: move
-- Nothing has changed about what is unknown: the newest row moves on instead of another.
UPDATE remaining_life AS r
SET time = %(time)s, estimated_at = %(estimated_at)s, source_version = %(source_version)s, wear_limit = %(wear_limit)s
WHERE r.asset_id = %(asset_id)s
    AND r.installation_id = %(installation_id)s
    AND r.outlook = %(outlook)s
    AND r.likely_s IS NULL
    AND r.time < %(time)s
    AND r.time = (SELECT max(time) FROM remaining_life WHERE asset_id = %(asset_id)s);

-- name: write
-- The estimate for a machine at an instant of data time, written once.
INSERT INTO remaining_life (
    asset_id, time, installation_id, source_version, outlook, likely_s, low_s, high_s, coverage, estimated_at, wear_limit
)
VALUES (
    %(asset_id)s, %(time)s, %(installation_id)s, %(source_version)s, %(outlook)s, %(likely_s)s, %(low_s)s, %(high_s)s,
    %(coverage)s, %(estimated_at)s, %(wear_limit)s
)
ON CONFLICT ON CONSTRAINT remaining_life_once DO NOTHING;

-- name: newest
-- The newest estimate for the machine that is installed at an asset.
SELECT r.asset_id, r.time, r.installation_id, r.source_version, r.outlook, r.likely_s, r.low_s, r.high_s, r.coverage,
    r.estimated_at, r.wear_limit
FROM remaining_life AS r
JOIN installation AS i ON i.installation_id = r.installation_id AND i.installed_to IS NULL
WHERE r.asset_id = %(asset_id)s
ORDER BY r.time DESC
LIMIT 1;

-- name: newest_of
-- The newest estimate for each machine that is installed at one of some assets.
SELECT r.*
FROM installation AS i
CROSS JOIN LATERAL (
    SELECT r.asset_id, r.time, r.installation_id, r.source_version, r.outlook, r.likely_s, r.low_s, r.high_s, r.coverage,
        r.estimated_at, r.wear_limit
    FROM remaining_life AS r
    WHERE r.asset_id = i.asset_id AND r.installation_id = i.installation_id
    ORDER BY r.time DESC
    LIMIT 1
) AS r
WHERE i.asset_id = ANY (%(asset_ids)s::integer[]) AND i.installed_to IS NULL;

-- name: classes_to_learn
-- Classes of which more machines have failed than their newest model knows, and at least so many.
SELECT c.class_id, c.tag AS asset_class, count(DISTINCT l.order_id)::integer AS failures
FROM asset_class AS c
JOIN asset AS a USING (class_id)
JOIN label AS l ON l.asset_id = a.asset_id
LEFT JOIN LATERAL (
    SELECT lives
    FROM life_model
    WHERE class_id = c.class_id
    ORDER BY version DESC
    LIMIT 1
) AS known ON true
WHERE l.outcome = 'confirmed'
    AND l.failed_at IS NOT NULL
    AND l.installation_id IS NOT NULL
GROUP BY c.class_id, known.lives
HAVING count(DISTINCT l.order_id) >= %(least)s
    AND count(DISTINCT l.order_id) > coalesce(known.lives, 0)
ORDER BY c.class_id;

-- name: lives
-- The lives of a class that ended in a confirmed failure: each began when the machine before it was taken away or it was
-- last restored itself; null where neither is known.
SELECT DISTINCT ON (l.order_id) l.order_id, l.asset_id, l.failed_at,
    greatest(before.installed_to, earlier.restored_at) AS begin
FROM label AS l
JOIN asset AS a USING (asset_id)
JOIN installation AS i ON i.installation_id = l.installation_id
LEFT JOIN LATERAL (
    SELECT max(installed_to) AS installed_to
    FROM installation
    WHERE asset_id = l.asset_id AND installed_to <= i.installed_from
) AS before ON true
LEFT JOIN LATERAL (
    SELECT max(restored_at) AS restored_at
    FROM label
    WHERE installation_id = l.installation_id
        AND outcome = 'confirmed'
        AND restored_at <= l.failed_at
) AS earlier ON true
WHERE a.class_id = %(class_id)s
    AND l.outcome = 'confirmed'
    AND l.failed_at IS NOT NULL
ORDER BY l.order_id, l.label_id;

-- name: keys
-- The signals that every asset of a class has, and whether they are settings, in the order of the register.
SELECT g.key, bool_and(g.role = 'setting') AS is_setting
FROM signal AS g
JOIN asset AS a USING (asset_id)
WHERE a.class_id = %(class_id)s
GROUP BY g.key
HAVING count(*) = (SELECT count(*) FROM asset WHERE class_id = %(class_id)s)
ORDER BY min(g.position), g.key;

-- name: hours
-- The mean of each hour of an asset's signals, by their place among `keys` from 0.
SELECT extract(epoch FROM h.time)::double precision AS time_s, k.place - 1 AS place, h.total / h.n AS mean
FROM unnest(%(keys)s::text[]) WITH ORDINALITY AS k (key, place)
JOIN signal AS g ON g.asset_id = %(asset_id)s AND g.key = k.key
JOIN reading_1h AS h USING (signal_id)
WHERE (%(since)s::timestamptz IS NULL OR h.time >= %(since)s)
    AND h.time < %(until)s
ORDER BY h.time, k.place;

-- name: add_model
-- The next version of a class's model.
INSERT INTO life_model (
    class_id, version, keys, setting_keys, lives, data_sha256, libraries, figures, artifact, trained_at
)
SELECT %(class_id)s, coalesce(max(version), 0) + 1, %(keys)s, %(setting_keys)s, %(lives)s, %(data_sha256)s,
    %(libraries)s, %(figures)s, %(artifact)s, %(trained_at)s
FROM life_model
WHERE class_id = %(class_id)s
RETURNING version;

-- name: newest_models
-- The newest model of each class, without its bytes.
SELECT DISTINCT ON (class_id) class_id, life_model_id, version, keys, setting_keys, lives, libraries, figures, trained_at
FROM life_model
ORDER BY class_id, version DESC;

-- name: artifact
-- The bytes of a class's model.
SELECT artifact
FROM life_model
WHERE life_model_id = %(life_model_id)s;
