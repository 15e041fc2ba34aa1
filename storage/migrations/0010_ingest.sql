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

-- What is not folded yet of the former record goes where it would have gone.
DROP VIEW IF EXISTS delivery_by_minute;
ALTER TABLE delivery_minute ADD COLUMN limited bigint NOT NULL DEFAULT 0;
ALTER TABLE delivery_total ADD COLUMN limited bigint NOT NULL DEFAULT 0;
INSERT INTO delivery_minute AS held (device, minute, received, stored, duplicate, late, quarantined, conflicting)
SELECT
    device, minute, sum(received), sum(stored), sum(duplicate), sum(late), sum(quarantined), sum(conflicting)
FROM delivery
GROUP BY device, minute
ON CONFLICT (device, minute) DO UPDATE
SET
    received = held.received + excluded.received,
    stored = held.stored + excluded.stored,
    duplicate = held.duplicate + excluded.duplicate,
    late = held.late + excluded.late,
    quarantined = held.quarantined + excluded.quarantined,
    conflicting = held.conflicting + excluded.conflicting;
INSERT INTO delivery_total AS held (device, received, stored, duplicate, late, quarantined, conflicting)
SELECT
    device, sum(received), sum(stored), sum(duplicate), sum(late), sum(quarantined), sum(conflicting)
FROM delivery
GROUP BY device
ON CONFLICT (device) DO UPDATE
SET
    received = held.received + excluded.received,
    stored = held.stored + excluded.stored,
    duplicate = held.duplicate + excluded.duplicate,
    late = held.late + excluded.late,
    quarantined = held.quarantined + excluded.quarantined,
    conflicting = held.conflicting + excluded.conflicting;
DROP TABLE delivery;

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
