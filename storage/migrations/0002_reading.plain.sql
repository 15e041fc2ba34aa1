-- Readings on plain PostgreSQL: one partition a week, made before the first row needs it.

CREATE TABLE reading (
    time timestamptz NOT NULL,
    signal_id integer NOT NULL,
    flags smallint NOT NULL DEFAULT 0,
    value double precision NOT NULL,
    CONSTRAINT reading_is_stored_once PRIMARY KEY (signal_id, time)
) PARTITION BY RANGE (time);
