-- Readings on TimescaleDB, either edition: a hypertable with a chunk a day.

CREATE TABLE reading (
    time timestamptz NOT NULL,
    signal_id integer NOT NULL,
    flags smallint NOT NULL DEFAULT 0,
    value double precision NOT NULL,
    CONSTRAINT reading_is_stored_once PRIMARY KEY (signal_id, time)
);
SELECT create_hypertable('reading', by_range('time', interval '1 day'), create_default_indexes => false);
