-- A booking that was wrong is reversed by another one that takes as much away: what was written stays.

ALTER TABLE work_order_booking
    ADD COLUMN reverses bigint
        CONSTRAINT work_order_booking_reverses_another REFERENCES work_order_booking
        CONSTRAINT work_order_booking_is_reversed_once UNIQUE,
    DROP CONSTRAINT work_order_booking_hours_are_spent,
    DROP CONSTRAINT work_order_booking_cost_is_spent,
    ADD CONSTRAINT work_order_booking_hours_are_spent
        CHECK (CASE WHEN reverses IS NULL THEN hours > 0 AND hours < 'infinity' ELSE hours < 0 END),
    ADD CONSTRAINT work_order_booking_cost_is_spent
        CHECK (CASE WHEN reverses IS NULL THEN cost > 0 AND cost < 'infinity' ELSE cost < 0 END);
