-- name: sample
-- One value of each signal in every step of a span, the first there is, unless something was found or suppressed then.
WITH step AS (
    SELECT at, at + %(step)s::interval AS until
    FROM generate_series(%(since)s::timestamptz, %(until)s::timestamptz - %(step)s::interval, %(step)s::interval) AS at
)
SELECT wanted.place::integer AS place, one.value
FROM (
    SELECT step.at, step.until
    FROM step
    WHERE NOT EXISTS (
            SELECT
            FROM finding AS f
            WHERE f.asset_id = %(asset_id)s
                AND f.source <> ALL (%(ignoring)s::text[])
                AND f.onset < step.until
                AND coalesce(f.cleared, 'infinity') >= step.at
        )
        AND NOT EXISTS (
            SELECT
            FROM suppression AS s
            WHERE s.asset_id = %(asset_id)s
                AND s.began < step.until
                AND coalesce(s.ended, 'infinity') >= step.at
        )
    OFFSET 0
) AS calm
CROSS JOIN unnest(%(signal_ids)s::integer[]) WITH ORDINALITY AS wanted (signal_id, place)
CROSS JOIN LATERAL (
    SELECT r.value
    FROM reading AS r
    WHERE r.signal_id = wanted.signal_id
        AND r.time >= calm.at
        AND r.time < calm.until
        AND r.flags & 2 = 0
    ORDER BY r.time
    LIMIT 1
) AS one;

-- name: clean_steps
-- In how many steps of a span an asset spoke while neither a rule nor a limit found anything, nor a model of some kinds,
-- and nothing was suppressed.
SELECT count(*) AS steps
FROM generate_series(%(since)s::timestamptz, %(until)s::timestamptz - %(step)s::interval, %(step)s::interval) AS step (at)
WHERE EXISTS (
        SELECT
        FROM signal AS g
        CROSS JOIN LATERAL (
            SELECT
            FROM reading AS r
            WHERE r.signal_id = g.signal_id
                AND r.time >= step.at
                AND r.time < step.at + %(step)s::interval
                AND r.flags & 2 = 0
            LIMIT 1
        ) AS one
        WHERE g.asset_id = %(asset_id)s
    )
    AND NOT EXISTS (
        SELECT
        FROM finding AS f
        WHERE f.asset_id = %(asset_id)s
            AND (f.source <> 'model' OR f.kind = ANY (%(counting)s::text[]))
            AND f.onset < step.at + %(step)s::interval
            AND coalesce(f.cleared, 'infinity') >= step.at
    )
    AND NOT EXISTS (
        SELECT
        FROM suppression AS s
        WHERE s.asset_id = %(asset_id)s
            AND s.began < step.at + %(step)s::interval
            AND coalesce(s.ended, 'infinity') >= step.at
    );

-- name: shadow_scores
-- How the model that only looks on judged a span: in which part of its scores the alarm stood.
SELECT count(*) AS scores, avg((flags & 1)::double precision) AS alarm_part
FROM score
WHERE asset_id = %(asset_id)s
    AND time >= %(since)s
    AND time < %(until)s
    AND flags & 2 <> 0;

-- name: models_to_check
-- Champions of installed machines whose data reach at least a step further than their last check, the longest unchecked
-- first; those that are learnt again have no normal to drift from.
SELECT
    m.model_id, m.installation_id, i.asset_id, m.signal_ids, m.data_to, m.promoted_at, m.figures, m.reference,
    newest.time AS newest, last.data_to AS checked_to
FROM model AS m
JOIN installation AS i USING (installation_id)
CROSS JOIN LATERAL (
    SELECT max(l.time) AS time
    FROM signal AS g
    JOIN latest AS l USING (signal_id)
    WHERE g.asset_id = i.asset_id
) AS newest
LEFT JOIN LATERAL (
    SELECT d.data_to
    FROM drift_check AS d
    WHERE d.model_id = m.model_id
    ORDER BY d.at DESC
    LIMIT 1
) AS last ON true
WHERE m.state = 'champion'
    AND m.refused IS NULL
    AND i.installed_to IS NULL
    AND jsonb_array_length(m.reference) > 0
    AND newest.time >= coalesce(last.data_to, m.data_to) + %(every)s::interval
    AND NOT EXISTS (SELECT FROM relearning AS r WHERE r.asset_id = i.asset_id AND r.ended IS NULL)
ORDER BY last.data_to NULLS FIRST, m.model_id
LIMIT %(most)s;

-- name: episodes
-- How many episodes a model found in a span that may be false alarms: not suppressed, without an order that is open or
-- was confirmed, and not of some kinds.
SELECT count(*) AS episodes
FROM finding AS f
WHERE f.asset_id = %(asset_id)s
    AND f.source = 'model'
    AND f.suppressed IS NULL
    AND f.kind <> ALL (%(ignoring)s::text[])
    AND f.onset >= %(since)s
    AND f.onset < %(until)s
    AND NOT EXISTS (
        SELECT
        FROM work_order_finding AS w
        JOIN work_order AS o USING (order_id)
        LEFT JOIN work_order_closing AS c USING (order_id)
        WHERE w.finding_id = f.finding_id
            AND (o.state NOT IN ('CLOSE', 'CAN') OR c.outcome = 'confirmed')
    );

-- name: add_check
-- Write down what a check showed.
INSERT INTO drift_check (
    model_id, at, data_from, data_to, signals, episodes, expected, inputs_drift, alarms_drift
)
VALUES (
    %(model_id)s, %(at)s, %(data_from)s, %(data_to)s, %(signals)s, %(episodes)s, %(expected)s, %(inputs_drift)s,
    %(alarms_drift)s
);

-- name: checks
-- The checks of a model, the newest first.
SELECT at, data_from, data_to, signals, episodes, expected, inputs_drift, alarms_drift
FROM drift_check
WHERE model_id = %(model_id)s
ORDER BY at DESC, check_id DESC
LIMIT %(most)s;
