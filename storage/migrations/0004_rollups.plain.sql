-- Roll-ups on plain PostgreSQL: tables that a job fills; those whose rows expire are partitioned as `reading` is.

CREATE TABLE reading_1m (
    signal_id integer NOT NULL,
    time timestamptz NOT NULL,
    lowest double precision NOT NULL,
    highest double precision NOT NULL,
    total double precision NOT NULL,
    n bigint NOT NULL,
    last double precision NOT NULL,
    CONSTRAINT reading_1m_once PRIMARY KEY (signal_id, time)
) PARTITION BY RANGE (time);

CREATE TABLE reading_1h (
    signal_id integer NOT NULL,
    time timestamptz NOT NULL,
    lowest double precision NOT NULL,
    highest double precision NOT NULL,
    total double precision NOT NULL,
    n bigint NOT NULL,
    last double precision NOT NULL,
    CONSTRAINT reading_1h_once PRIMARY KEY (signal_id, time)
) PARTITION BY RANGE (time);

CREATE TABLE reading_1d (
    signal_id integer NOT NULL,
    time timestamptz NOT NULL,
    lowest double precision NOT NULL,
    highest double precision NOT NULL,
    total double precision NOT NULL,
    n bigint NOT NULL,
    last double precision NOT NULL,
    CONSTRAINT reading_1d_once PRIMARY KEY (signal_id, time)
) WITH (fillfactor = 80);

-- What is stored already waits to be rolled up, hour by hour.
INSERT INTO touched (since, until)
SELECT hour.since, hour.since + interval '59 minutes'
FROM pg_inherits AS i
JOIN pg_class AS c ON c.oid = i.inhrelid
CROSS JOIN LATERAL (SELECT to_date(right(c.relname, 8), 'YYYYMMDD')::timestamp AT TIME ZONE 'UTC' AS since) AS week
CROSS JOIN LATERAL generate_series(week.since, week.since + interval '167 hours', interval '1 hour') AS hour (since)
WHERE i.inhparent = 'reading'::regclass;
