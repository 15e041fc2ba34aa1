-- Roll-ups on TimescaleDB, community edition: continuous aggregates, each on the one below it.

CREATE MATERIALIZED VIEW reading_1m
WITH (timescaledb.continuous, timescaledb.materialized_only = true) AS
SELECT
    signal_id,
    time_bucket(interval '1 minute', time) AS time,
    min(value) AS lowest,
    max(value) AS highest,
    sum(value) AS total,
    count(*) AS n,
    last(value, time) AS last
FROM reading
WHERE flags & 2 = 0
GROUP BY signal_id, time_bucket(interval '1 minute', time)
WITH NO DATA;

CREATE MATERIALIZED VIEW reading_1h
WITH (timescaledb.continuous, timescaledb.materialized_only = true) AS
SELECT
    signal_id,
    time_bucket(interval '1 hour', time) AS time,
    min(lowest) AS lowest,
    max(highest) AS highest,
    sum(total) AS total,
    sum(n)::bigint AS n,
    last(last, time) AS last
FROM reading_1m
GROUP BY signal_id, time_bucket(interval '1 hour', time)
WITH NO DATA;

CREATE MATERIALIZED VIEW reading_1d
WITH (timescaledb.continuous, timescaledb.materialized_only = true) AS
SELECT
    signal_id,
    time_bucket(interval '1 day', time) AS time,
    min(lowest) AS lowest,
    max(highest) AS highest,
    sum(total) AS total,
    sum(n)::bigint AS n,
    last(last, time) AS last
FROM reading_1h
GROUP BY signal_id, time_bucket(interval '1 day', time)
WITH NO DATA;

-- A refresh reads a stretch of time of all signals: this finds it without reading the whole chunk, and costs little to
-- keep, since readings come in the order of time.
CREATE INDEX reading_by_time ON reading USING brin (time) WITH (autosummarize = on, pages_per_range = 64);

-- What is stored already waits to be rolled up, a chunk at a time.
INSERT INTO touched (since, until)
SELECT c.range_start, c.range_end - interval '1 minute'
FROM timescaledb_information.chunks AS c
WHERE c.hypertable_schema = 'public' AND c.hypertable_name = 'reading';
