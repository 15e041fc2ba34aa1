-- When it was noted until when a machine stood, where that was later than its begin, so that figures before that stay as
-- they were known; and what a counter had counted before it went back, so that a new meter loses nothing of a plan.

ALTER TABLE downtime
    ADD COLUMN down_to_noted_at timestamptz,
    ADD COLUMN down_to_noted_by text;

ALTER TABLE maintenance_plan
    ADD COLUMN carried double precision NOT NULL DEFAULT 0,
    ADD COLUMN seen_value double precision,
    ADD COLUMN fell_to double precision,
    ADD COLUMN fell_at timestamptz;
