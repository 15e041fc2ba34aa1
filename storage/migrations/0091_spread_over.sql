-- What must come in order, as Sparkplug's messages, is spread by speaker over the sessions of several slots, the ring
-- (docs/decisions/0091). Of each slot: over which ones, by what is stored of its session, and which ring that was; none
-- where it has no part. Each change of the ring has a number, the highest `ring_version`.

ALTER TABLE ingest_slot
    ADD COLUMN spread_over integer[],
    ADD COLUMN spread_version bigint,
    ADD COLUMN ring_version bigint NOT NULL DEFAULT 0;
