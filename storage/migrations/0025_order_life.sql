-- The life of a work order: when work began and ended, what was booked, and the codes with which it was closed.

ALTER TABLE work_order
    ADD COLUMN started_at timestamptz,
    ADD COLUMN completed_at timestamptz;

CREATE TABLE work_order_booking (
    booking_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id integer NOT NULL REFERENCES work_order,
    booked_at timestamptz NOT NULL,
    booked_by text NOT NULL,
    hours double precision CONSTRAINT work_order_booking_hours_are_spent CHECK (hours > 0),
    cost double precision CONSTRAINT work_order_booking_cost_is_spent CHECK (cost > 0),
    currency text,
    note text NOT NULL DEFAULT '',
    CONSTRAINT work_order_booking_says_something CHECK (hours IS NOT NULL OR cost IS NOT NULL),
    CONSTRAINT work_order_booking_cost_has_a_currency CHECK ((cost IS NULL) = (currency IS NULL))
);
CREATE INDEX work_order_booking_of_order ON work_order_booking (order_id);

CREATE TABLE work_order_closing (
    order_id integer PRIMARY KEY REFERENCES work_order,
    outcome text NOT NULL CONSTRAINT work_order_closing_outcome_known
        CHECK (outcome IN ('confirmed', 'false_alarm', 'no_fault_found')),
    failure_mode text NOT NULL,
    cause text NOT NULL,
    action text NOT NULL,
    note text NOT NULL DEFAULT '',
    failed_at timestamptz,
    restored_at timestamptz NOT NULL,
    relearn boolean NOT NULL,
    closed_at timestamptz NOT NULL,
    closed_by text NOT NULL
);
