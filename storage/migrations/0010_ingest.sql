-- Ingest at speed: the delivery record and the latest values, written with less.
-- A row a device took a tenth of the time that the server spends on a batch of a thousand devices.

CREATE TABLE delivery_batch (
    slot integer NOT NULL,
    batch bigint NOT NULL,
    at timestamptz NOT NULL,
    devices text[] NOT NULL,
    received integer[] NOT NULL,
    stored integer[] NOT NULL,
    duplicate integer[],
    late integer[],
    quarantined integer[],
    conflicting integer[],
    limited integer[]
);
CREATE INDEX delivery_batch_by_time ON delivery_batch (at);

-- Every signal's latest value is written anew once a second: with room on its page that costs a third.
ALTER TABLE latest SET (fillfactor = 40);

-- Slots are given away and ended by asking: who waits for one writes its name, its holder sees that and lets go.
ALTER TABLE ingest_slot
    ADD COLUMN claimed_by text,
    ADD COLUMN is_draining boolean NOT NULL DEFAULT false,
    ADD COLUMN is_listening boolean NOT NULL DEFAULT false;

-- A spool that is being replayed lags behind the live telemetry, and counts as a slot of its own.
CREATE TABLE ingest_spool (
    holder text PRIMARY KEY,
    oldest timestamptz NOT NULL,
    lease_until timestamptz NOT NULL
);

-- Telemetry of QoS 0 that found no room on the way, by whom and when.
CREATE TABLE ingest_loss (
    holder text NOT NULL,
    at timestamptz NOT NULL,
    messages bigint NOT NULL,
    size_bytes bigint NOT NULL
);
