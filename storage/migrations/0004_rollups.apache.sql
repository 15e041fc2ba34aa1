-- Roll-ups on TimescaleDB, Apache edition: hypertables that a job fills.

CREATE TABLE reading_1m (
    signal_id integer NOT NULL,
    time timestamptz NOT NULL,
    lowest double precision NOT NULL,
    highest double precision NOT NULL,
    total double precision NOT NULL,
    n bigint NOT NULL,
    last double precision NOT NULL,
    CONSTRAINT reading_1m_once PRIMARY KEY (signal_id, time)
);
SELECT create_hypertable('reading_1m', by_range('time', interval '7 days'), create_default_indexes => false);

CREATE TABLE reading_1h (LIKE reading_1m, CONSTRAINT reading_1h_once PRIMARY KEY (signal_id, time));
SELECT create_hypertable('reading_1h', by_range('time', interval '364 days'), create_default_indexes => false);

CREATE TABLE reading_1d (
    LIKE reading_1m, CONSTRAINT reading_1d_once PRIMARY KEY (signal_id, time)
) WITH (fillfactor = 80);

-- What is stored already waits to be rolled up, hour by hour.
INSERT INTO touched (since, until)
SELECT hour.since, hour.since + interval '59 minutes'
FROM timescaledb_information.chunks AS c
CROSS JOIN LATERAL generate_series(c.range_start, c.range_end - interval '1 hour', interval '1 hour') AS hour (since)
WHERE c.hypertable_schema = 'public' AND c.hypertable_name = 'reading';
