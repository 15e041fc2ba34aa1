-- What engineering answers to an order that was sent back to it, and the key with which links and tokens are signed.

CREATE TABLE answer_key (
    only_row boolean PRIMARY KEY DEFAULT true CONSTRAINT answer_key_has_one_row CHECK (only_row),
    key bytea NOT NULL CONSTRAINT answer_key_is_long CHECK (length(key) >= 32)
);
INSERT INTO answer_key (key)
VALUES (sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));

-- One answer. `token_id` is that of the link or token it was given with, which is good once. A question is open until
-- `settled_at`.
CREATE TABLE engineering_answer (
    answer_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id integer NOT NULL REFERENCES work_order,
    revision integer NOT NULL,
    team text NOT NULL,
    kind text NOT NULL CONSTRAINT engineering_answer_kind_known CHECK (kind IN ('accept', 'ask', 'reject')),
    planned_on date,
    said text NOT NULL,
    way text NOT NULL CONSTRAINT engineering_answer_way_known CHECK (way IN ('api', 'mqtt', 'link')),
    token_id uuid CONSTRAINT engineering_answer_token_is_good_once UNIQUE,
    answered_by text NOT NULL,
    answered_at timestamptz NOT NULL,
    settled_at timestamptz,
    settled_by text,
    settled_said text NOT NULL DEFAULT '',
    CONSTRAINT engineering_answer_accepts_with_a_date CHECK ((kind = 'accept') = (planned_on IS NOT NULL)),
    CONSTRAINT engineering_answer_settles_questions CHECK (settled_at IS NULL OR kind = 'ask'),
    CONSTRAINT engineering_answer_settling_is_whole CHECK ((settled_at IS NULL) = (settled_by IS NULL))
);
CREATE INDEX engineering_answer_of_order ON engineering_answer (order_id, answer_id);
CREATE UNIQUE INDEX engineering_answer_one_open_question ON engineering_answer (order_id)
WHERE kind = 'ask' AND settled_at IS NULL;

-- Which process listens for replies on the broker: one at a time, under one client id.
CREATE TABLE reply_listener (
    only_row boolean PRIMARY KEY DEFAULT true CONSTRAINT reply_listener_is_one CHECK (only_row),
    holder text NOT NULL,
    until timestamptz NOT NULL
);
