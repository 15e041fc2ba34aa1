-- name: steps
-- One signal in steps of `step`, made of whole steps of a roll-up and of what is not rolled up yet.
SELECT
    array_agg(s.at ORDER BY s.at) AS times,
    array_agg(s.total / s.n ORDER BY s.at) AS means,
    array_agg(s.lowest ORDER BY s.at) AS lowest,
    array_agg(s.highest ORDER BY s.at) AS highest
FROM (
    SELECT
        date_bin(%(step)s, r.since, %(time_from)s) AS at, sum(r.total) AS total, sum(r.n) AS n, min(r.lowest) AS lowest,
        max(r.highest) AS highest
    FROM rolled_series(%(signal_id)s, %(time_from)s, %(time_to)s, %(level)s) AS r
    GROUP BY 1
) AS s;

-- name: latest_of_all
-- The latest value of every signal that has one, by signal.
SELECT
    array_agg(signal_id ORDER BY signal_id) AS signal_ids,
    array_agg(time ORDER BY signal_id) AS times,
    array_agg(value ORDER BY signal_id) AS values,
    array_agg(flags ORDER BY signal_id) AS flags,
    array_agg(stored_at ORDER BY signal_id) AS stored
FROM latest;

-- name: counts
-- How many readings of each signal are stored in a stretch of time, and how many of those are of bad quality.
SELECT wanted.signal_id, count(r.time) AS readings, count(*) FILTER (WHERE r.flags & 2 <> 0) AS bad
FROM unnest(%(signal_ids)s::integer[]) AS wanted (signal_id)
LEFT JOIN reading AS r
    ON r.signal_id = wanted.signal_id AND r.time >= %(time_from)s AND r.time < %(time_to)s
GROUP BY wanted.signal_id
ORDER BY wanted.signal_id;

-- name: gaps
-- Where signals said nothing good for longer than `longest`, the ends of the stretch counting as values.
SELECT wanted.signal_id, step.since, step.until
FROM unnest(%(signal_ids)s::integer[]) AS wanted (signal_id)
CROSS JOIN LATERAL (
    SELECT
        lag(instant.time, 1, %(time_from)s::timestamptz) OVER (ORDER BY instant.time) AS since,
        instant.time AS until
    FROM (
        SELECT r.time
        FROM reading AS r
        WHERE r.signal_id = wanted.signal_id AND r.time >= %(time_from)s AND r.time < %(time_to)s AND r.flags & 2 = 0
        UNION ALL
        SELECT %(time_to)s::timestamptz
    ) AS instant
) AS step
WHERE step.until - step.since > %(longest)s
ORDER BY wanted.signal_id, step.since;

-- name: silent
-- Signals of which nothing was stored for longer than `longest`; those that never spoke have no time.
SELECT s.signal_id, s.asset_id, s.key, l.time, l.stored_at
FROM signal AS s
LEFT JOIN latest AS l USING (signal_id)
WHERE (%(asset_ids)s::integer[] IS NULL OR s.asset_id = ANY (%(asset_ids)s::integer[]))
    AND (l.stored_at IS NULL OR l.stored_at < %(now)s::timestamptz - %(longest)s::interval)
ORDER BY s.asset_id, s.position, s.signal_id;

-- name: increases
-- By how much a counter rose in each step, from the last value before the stretch on; what it shows after it fell has
-- been counted since it was reset.
SELECT
    date_bin(%(step)s, c.time, %(time_from)s) AS time,
    sum(CASE WHEN c.value < c.before THEN c.value ELSE c.value - c.before END) AS increase,
    count(*) FILTER (WHERE c.value < c.before) AS resets
FROM (
    SELECT v.time, v.value, lag(v.value) OVER (ORDER BY v.time) AS before
    FROM (
        (
            SELECT r.time, r.value
            FROM reading AS r
            WHERE r.signal_id = %(signal_id)s AND r.time < %(time_from)s AND r.flags & 2 = 0
            ORDER BY r.time DESC
            LIMIT 1
        )
        UNION ALL
        SELECT r.time, r.value
        FROM reading AS r
        WHERE r.signal_id = %(signal_id)s AND r.time >= %(time_from)s AND r.time < %(time_to)s AND r.flags & 2 = 0
    ) AS v
) AS c
WHERE c.before IS NOT NULL AND c.time >= %(time_from)s
GROUP BY 1
ORDER BY 1;

-- name: integral
-- A rate integrated over time by the trapezoidal rule, in its unit times hours, and over how many seconds that was;
-- stretches without a value for longer than `longest` are left out. Each piece counts for the step in which it ends.
SELECT
    date_bin(%(step)s, c.time, %(time_from)s) AS time,
    sum((c.value + c.before) / 2 * c.seconds) / 3600 AS amount,
    sum(c.seconds) AS seconds
FROM (
    SELECT
        r.time, r.value, lag(r.value) OVER (ORDER BY r.time) AS before,
        extract(epoch FROM r.time - lag(r.time) OVER (ORDER BY r.time))::double precision AS seconds
    FROM reading AS r
    WHERE r.signal_id = %(signal_id)s AND r.time >= %(time_from)s AND r.time < %(time_to)s AND r.flags & 2 = 0
) AS c
WHERE c.seconds <= extract(epoch FROM %(longest)s::interval)
GROUP BY 1
ORDER BY 1;
