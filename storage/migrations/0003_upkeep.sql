-- What keeps the record in shape: by which rules, what waits to be rolled up, and what has been folded.

-- The rules that the last migrate was given; policies and jobs keep to them.
CREATE TABLE upkeep (
    only_row boolean PRIMARY KEY DEFAULT true CONSTRAINT upkeep_has_one_row CHECK (only_row),
    chunk interval NOT NULL,
    longest_outage interval NOT NULL,
    keep_raw interval NOT NULL,
    keep_minutes interval NOT NULL,
    keep_hours interval NOT NULL,
    keep_scores interval NOT NULL,
    keep_deliveries interval NOT NULL
);

-- How far a job has come that goes through time.
CREATE TABLE upkeep_mark (
    job text PRIMARY KEY,
    until timestamptz NOT NULL
);

-- A note of each batch for each hour in which it stored something: from which minute to which, and of which signals
-- (null: of many). Only ever added to by ingest; who rolls up takes the notes away.
CREATE TABLE touched (
    touched_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    signal_ids integer[],
    noted_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX touched_by_time ON touched (since);

-- The delivery record, folded: by device and minute, and by device for ever.
CREATE TABLE delivery_minute (
    device text NOT NULL,
    minute timestamptz NOT NULL,
    received bigint NOT NULL,
    stored bigint NOT NULL,
    duplicate bigint NOT NULL,
    late bigint NOT NULL,
    quarantined bigint NOT NULL,
    conflicting bigint NOT NULL,
    PRIMARY KEY (device, minute)
);

CREATE TABLE delivery_total (
    device text PRIMARY KEY,
    received bigint NOT NULL,
    stored bigint NOT NULL,
    duplicate bigint NOT NULL,
    late bigint NOT NULL,
    quarantined bigint NOT NULL,
    conflicting bigint NOT NULL
);
