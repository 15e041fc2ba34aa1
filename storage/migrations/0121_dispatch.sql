-- How a notice reaches people: whom it is sent to, by which way, and what became of it; what comes next while nobody
-- takes note; which ways are closed; and what a person wants to be reached with.

ALTER TABLE notice ADD COLUMN planned_revision integer NOT NULL DEFAULT 0;
CREATE INDEX notice_unplanned ON notice (changed_at) WHERE planned_revision < revision;

-- One message to one receiver. `dispatch_id` is the idempotency key: the same however often it is sent. `person` is
-- empty where the way itself is the receiver. While `leased_until` lies ahead a process is sending it.
CREATE TABLE dispatch (
    dispatch_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    notice_id uuid NOT NULL REFERENCES notice,
    revision integer NOT NULL,
    step smallint NOT NULL,
    way text NOT NULL,
    person text NOT NULL DEFAULT '',
    document jsonb NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CONSTRAINT dispatch_state_known CHECK (
        state IN ('waiting', 'sent', 'dead', 'superseded', 'withdrawn')
    ),
    held text NOT NULL DEFAULT '' CONSTRAINT dispatch_hold_known CHECK (held IN ('', 'own_hours', 'quiet_hours')),
    created_at timestamptz NOT NULL,
    next_at timestamptz NOT NULL,
    leased_until timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    first_tried_at timestamptz,
    ended_at timestamptz,
    said text NOT NULL DEFAULT '',
    CONSTRAINT dispatch_goes_once UNIQUE (notice_id, revision, step, way, person),
    CONSTRAINT dispatch_end_is_whole CHECK ((state = 'waiting') = (ended_at IS NULL))
);
CREATE INDEX dispatch_due ON dispatch (way, next_at) WHERE state = 'waiting';
CREATE INDEX dispatch_by_time ON dispatch (created_at);

-- What comes next for a notice of which nobody has taken note. `due_at` is null once no step is left; `paused_since`
-- while a question holds the clock.
CREATE TABLE escalation (
    notice_id uuid PRIMARY KEY REFERENCES notice,
    revision integer NOT NULL,
    plan text NOT NULL,
    next_step smallint NOT NULL,
    due_at timestamptz,
    paused_since timestamptz
);
CREATE INDEX escalation_due ON escalation (due_at) WHERE paused_since IS NULL;

CREATE TABLE closed_way (
    way text PRIMARY KEY,
    closed_at timestamptz NOT NULL,
    because text NOT NULL
);

-- The last good copy of a roster that is fetched.
CREATE TABLE roster (
    url text PRIMARY KEY,
    body bytea,
    fetched_at timestamptz,
    tried_at timestamptz NOT NULL,
    error text NOT NULL DEFAULT ''
);

-- How a person narrows what reaches them. `areas` null: every area. `hours` as 'Mon-Fri 07:00-19:00', in their zone.
CREATE TABLE notice_preference (
    person_id uuid PRIMARY KEY REFERENCES person,
    at_least text NOT NULL DEFAULT 'INDETERMINATE',
    areas text[],
    hours text NOT NULL DEFAULT '',
    changed_at timestamptz NOT NULL
);
