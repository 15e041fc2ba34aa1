-- Quarantine has bounds: what unknown assets said expires when nobody approves them; the rest only where that is asked for.

ALTER TABLE upkeep
    ADD COLUMN keep_strangers interval NOT NULL DEFAULT interval '30 days',
    ADD COLUMN keep_quarantine interval;

CREATE INDEX quarantine_arrival_by_time ON quarantine_arrival (at);

-- What has expired, by reason, since the beginning: with it the sums of the delivery record still agree with what is held.
CREATE TABLE quarantine_expired (
    reason text PRIMARY KEY,
    messages bigint NOT NULL,
    readings bigint NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL
);
