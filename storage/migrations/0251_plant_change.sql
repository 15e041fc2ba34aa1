-- What changed, in the order in which it was committed, for who follows the plant live: a row for each revision of an alert
-- or an order. Ids are drawn before a commit and so are no order of commits: a reader goes by the transaction, and takes
-- only what every transaction still open is younger than.

CREATE TABLE plant_change (
    xact xid8 NOT NULL DEFAULT pg_current_xact_id(),
    change_id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    subject text NOT NULL CONSTRAINT plant_change_subject_known CHECK (subject IN ('alert', 'order')),
    asset_id integer NOT NULL,
    alert_id uuid,
    order_id integer,
    revision integer NOT NULL,
    event text NOT NULL,
    PRIMARY KEY (xact, change_id),
    CONSTRAINT plant_change_is_of_one_thing CHECK ((alert_id IS NULL) <> (order_id IS NULL))
);

CREATE INDEX plant_change_by_time ON plant_change (at);
