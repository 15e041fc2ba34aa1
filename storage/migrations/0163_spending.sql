-- What an order costs: labour by person, trade and day; parts reserved and issued from stock; and the time a machine stood.
-- A labour entry and an issued part are bookings: one list of what was spent, each reversed by another one.

ALTER TABLE site
    ADD COLUMN currency text NOT NULL DEFAULT ''
        CONSTRAINT site_currency_is_a_code CHECK (currency ~ '^([A-Z]{3})?$');

CREATE TABLE trade (
    site_id integer NOT NULL REFERENCES site,
    tag text NOT NULL,
    name text NOT NULL,
    name_zh text NOT NULL DEFAULT '',
    rate numeric CONSTRAINT trade_rate_is_a_price CHECK (rate > 0 AND rate < 1000000),
    PRIMARY KEY (site_id, tag)
);

-- Stock is never below zero, and never less than what is reserved of it, whoever asks at once.
CREATE TABLE part (
    part_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site_id integer NOT NULL REFERENCES site,
    number text NOT NULL,
    name text NOT NULL,
    name_zh text NOT NULL DEFAULT '',
    unit text NOT NULL DEFAULT '',
    price numeric CONSTRAINT part_price_is_a_price CHECK (price > 0 AND price < 1000000000),
    least numeric NOT NULL DEFAULT 0 CONSTRAINT part_least_is_sane CHECK (least >= 0),
    on_hand numeric NOT NULL DEFAULT 0 CONSTRAINT part_on_hand_is_never_below_zero CHECK (on_hand >= 0),
    reserved numeric NOT NULL DEFAULT 0
        CONSTRAINT part_reserved_is_on_hand CHECK (reserved >= 0 AND reserved <= on_hand),
    CONSTRAINT part_number_is_unique_at_its_site UNIQUE (site_id, number)
);

CREATE TABLE part_reservation (
    order_id integer NOT NULL REFERENCES work_order,
    part_id integer NOT NULL REFERENCES part,
    quantity numeric NOT NULL CONSTRAINT part_reservation_is_sane CHECK (quantity >= 0),
    PRIMARY KEY (order_id, part_id)
);

CREATE TABLE part_movement (
    movement_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    part_id integer NOT NULL REFERENCES part,
    order_id integer REFERENCES work_order,
    kind text NOT NULL CONSTRAINT part_movement_kind_known
        CHECK (kind IN ('received', 'reserved', 'released', 'issued', 'returned')),
    quantity numeric NOT NULL CONSTRAINT part_movement_moves_something CHECK (quantity > 0),
    price numeric,
    at timestamptz NOT NULL,
    by text NOT NULL,
    note text NOT NULL DEFAULT '',
    recognised text NOT NULL DEFAULT coalesce(nullif(current_setting('assetloop.recognised', true), ''), 'process')
);
CREATE INDEX part_movement_of_part ON part_movement (part_id);

-- The hours of a person on a day, of all orders together: never more than the day has.
CREATE TABLE labour_day (
    person text NOT NULL REFERENCES person (sign_in),
    day date NOT NULL,
    hours numeric NOT NULL CONSTRAINT labour_day_has_24_hours CHECK (hours >= 0 AND hours <= 24),
    PRIMARY KEY (person, day)
);

ALTER TABLE work_order_booking
    ALTER COLUMN hours TYPE numeric USING hours::numeric,
    ALTER COLUMN cost TYPE numeric USING cost::numeric,
    ADD COLUMN person text REFERENCES person (sign_in),
    ADD COLUMN trade text,
    ADD COLUMN worked_on date,
    ADD COLUMN part_id integer REFERENCES part,
    ADD COLUMN quantity numeric,
    DROP CONSTRAINT work_order_booking_says_something,
    ADD CONSTRAINT work_order_booking_says_something
        CHECK (hours IS NOT NULL OR cost IS NOT NULL OR part_id IS NOT NULL),
    ADD CONSTRAINT work_order_booking_labour_is_whole
        CHECK ((person IS NULL) = (worked_on IS NULL) AND (person IS NULL OR hours IS NOT NULL)),
    ADD CONSTRAINT work_order_booking_part_has_a_quantity CHECK ((part_id IS NULL) = (quantity IS NULL));

CREATE TABLE downtime (
    downtime_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    asset_id integer NOT NULL REFERENCES asset,
    order_id integer REFERENCES work_order,
    down_from timestamptz NOT NULL,
    down_to timestamptz,
    reason text NOT NULL CONSTRAINT downtime_has_a_reason CHECK (reason <> ''),
    is_planned boolean NOT NULL DEFAULT false,
    noted_at timestamptz NOT NULL,
    noted_by text NOT NULL,
    recognised text NOT NULL DEFAULT coalesce(nullif(current_setting('assetloop.recognised', true), ''), 'process'),
    CONSTRAINT downtime_has_a_length CHECK (down_to > down_from)
);
CREATE INDEX downtime_of_asset ON downtime (asset_id, down_from);
CREATE INDEX downtime_of_order ON downtime (order_id);
CREATE UNIQUE INDEX downtime_one_open ON downtime (asset_id) WHERE down_to IS NULL;
