-- name: assume
-- Say what the design counts with; said again, the new value counts.
INSERT INTO project_assumption (project_id, class_id, what, part, value, said_at, said_by)
SELECT %(project_id)s, class_id, %(what)s, %(part)s, %(value)s, %(at)s, %(by)s
FROM asset_class
WHERE tag = %(asset_class)s
ON CONFLICT (project_id, class_id, what, part) DO UPDATE
SET value = excluded.value, said_at = excluded.said_at, said_by = excluded.said_by;

-- name: assumptions
-- What the design counted with, beside what came of it since service began: failures and machine-years, mean power of a
-- machine in kW, and parts issued.
WITH machine AS (
    SELECT
        a.class_id, a.asset_id, p.service_from,
        greatest(extract(epoch FROM %(at)s::timestamptz - p.service_from), 0) / 31557600.0 AS years
    FROM project AS p
    JOIN project_asset AS m USING (project_id)
    JOIN asset AS a USING (asset_id)
    WHERE p.project_id = %(project_id)s
)
SELECT
    c.tag AS asset_class, s.what, s.part, s.value,
    (SELECT coalesce(sum(m.years), 0)::float8 FROM machine AS m WHERE m.class_id = s.class_id) AS years,
    CASE s.what
        WHEN 'failures_a_year' THEN (
            SELECT count(DISTINCT (o.asset_id, o.failure))::float8
            FROM machine AS m
            JOIN outage AS o USING (asset_id)
            WHERE m.class_id = s.class_id AND o.failure IS NOT NULL AND o.down_from >= m.service_from
                AND o.down_from < %(at)s AND o.known_at <= %(at)s
        )
        WHEN 'parts_a_year' THEN (
            SELECT coalesce(sum(CASE v.kind WHEN 'issued' THEN v.quantity ELSE -v.quantity END), 0)::float8
            FROM machine AS m
            JOIN work_order AS w USING (asset_id)
            JOIN part_movement AS v USING (order_id)
            JOIN part AS t USING (part_id)
            WHERE m.class_id = s.class_id AND v.kind IN ('issued', 'returned') AND t.number = s.part
                AND v.at >= m.service_from AND v.at <= %(at)s
        )
        ELSE (
            SELECT avg(kw_of(g.unit) * (r.total / r.n))
            FROM machine AS m
            JOIN signal AS g ON g.asset_id = m.asset_id AND g.retired_at IS NULL
            CROSS JOIN LATERAL (
                SELECT sum(x.total) AS total, sum(x.n) AS n
                FROM rolled_series(g.signal_id, m.service_from, %(at)s, interval '1 hour') AS x
            ) AS r
            WHERE m.class_id = s.class_id AND kw_of(g.unit) IS NOT NULL AND r.n > 0
        )
    END AS seen
FROM project_assumption AS s
JOIN asset_class AS c USING (class_id)
WHERE s.project_id = %(project_id)s
ORDER BY c.tag, s.what, s.part;

-- name: limits
-- The limits of a project's signals beside what was measured since service began.
SELECT
    a.tag AS asset, g.key, g.name, g.name_zh, g.unit, coalesce(g.low, s.low) AS low, coalesce(g.high, s.high) AS high,
    r.lowest, r.mean, r.highest
FROM project AS p
JOIN project_asset AS m USING (project_id)
JOIN asset AS a USING (asset_id)
JOIN signal AS g ON g.asset_id = a.asset_id AND g.retired_at IS NULL
LEFT JOIN class_signal AS s ON s.class_id = a.class_id AND s.key = g.key
CROSS JOIN LATERAL (
    SELECT min(x.lowest) AS lowest, sum(x.total) / nullif(sum(x.n), 0)::float8 AS mean, max(x.highest) AS highest
    FROM rolled_series(g.signal_id, p.service_from, %(at)s, interval '1 hour') AS x
) AS r
WHERE p.project_id = %(project_id)s AND coalesce(g.low, s.low, g.high, s.high) IS NOT NULL AND r.mean IS NOT NULL
ORDER BY a.tag, g.key;

-- name: recommend
-- Recommend something for the next project; no row where there is no such class.
INSERT INTO project_recommendation (
    project_id, origin, class_id, kind, what, quantity, because, proposed_at, proposed_by, proposer
)
SELECT p.project_id, p.tag, c.class_id, %(kind)s, %(what)s, %(quantity)s, %(because)s, %(at)s, %(by)s, %(proposer)s
FROM project AS p
CROSS JOIN asset_class AS c
WHERE p.project_id = %(project_id)s AND c.tag = %(asset_class)s
RETURNING recommendation_id;

-- name: decide
-- Accept or reject it, once.
UPDATE project_recommendation
SET is_accepted = %(is_accepted)s, decided_at = %(at)s, decided_by = %(by)s
WHERE recommendation_id = %(recommendation_id)s AND project_id = %(project_id)s AND decided_at IS NULL
RETURNING recommendation_id;

-- name: recommendations
-- What a project recommends.
SELECT
    r.recommendation_id, r.origin, c.tag AS asset_class, r.kind, r.what, r.quantity, r.because, r.proposed_at,
    r.proposed_by, r.proposer, r.is_accepted, r.decided_at, r.decided_by, NULL::text AS answer, NULL::text AS answered_by
FROM project_recommendation AS r
JOIN asset_class AS c USING (class_id)
WHERE r.project_id = %(project_id)s
ORDER BY r.recommendation_id;

-- name: taken_over
-- What earlier projects recommend for the classes of this one, as far as it was accepted, with this one's answers.
SELECT
    r.recommendation_id, r.origin, c.tag AS asset_class, r.kind, r.what, r.quantity, r.because, r.proposed_at,
    r.proposed_by, r.proposer, r.is_accepted, r.decided_at, r.decided_by, k.answer, k.answered_by
FROM project_recommendation AS r
JOIN asset_class AS c USING (class_id)
LEFT JOIN project_check AS k ON k.project_id = %(project_id)s AND k.recommendation_id = r.recommendation_id
WHERE r.is_accepted AND r.project_id <> %(project_id)s
    AND r.class_id IN (
        SELECT a.class_id
        FROM project_asset AS m
        JOIN asset AS a USING (asset_id)
        WHERE m.project_id = %(project_id)s
    )
ORDER BY r.recommendation_id;

-- name: answer_check
-- Say what was found at a check; said again, the new answer counts.
INSERT INTO project_check (project_id, recommendation_id, answer, answered_at, answered_by)
VALUES (%(project_id)s, %(recommendation_id)s, %(answer)s, %(at)s, %(by)s)
ON CONFLICT (project_id, recommendation_id) DO UPDATE
SET answer = excluded.answer, answered_at = excluded.answered_at, answered_by = excluded.answered_by;

-- name: assets_of_class
-- The assets of a project, by class.
SELECT a.tag AS asset, c.tag AS asset_class
FROM project_asset AS m
JOIN asset AS a USING (asset_id)
JOIN asset_class AS c USING (class_id)
WHERE m.project_id = %(project_id)s
ORDER BY a.tag;

-- name: first_month
-- Failures in the first thirty days of service, of this project and of one of a tag where one may see it.
SELECT p.tag AS project, project_actual(p.project_id, 'failures', %(at)s) AS failures
FROM project AS p
WHERE p.tag = ANY (%(tags)s::text[]);
