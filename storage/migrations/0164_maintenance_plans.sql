-- Planned maintenance of an asset: by the calendar, by running hours or counts, or on a condition. An occurrence makes one
-- order, however many processes look and however often they die: its row is unique.

CREATE TABLE maintenance_plan (
    plan_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    asset_id integer NOT NULL REFERENCES asset,
    tag text NOT NULL,
    document jsonb NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    kept_at timestamptz NOT NULL,
    kept_by text NOT NULL,
    occurrences integer NOT NULL DEFAULT 0,
    next_due timestamptz,
    anchor_at timestamptz NOT NULL,
    anchor_value double precision,
    last_order_id integer REFERENCES work_order,
    CONSTRAINT maintenance_plan_tag_is_unique_at_its_asset UNIQUE (asset_id, tag)
);

CREATE TABLE maintenance_occurrence (
    plan_id integer NOT NULL REFERENCES maintenance_plan,
    number integer NOT NULL,
    due_at timestamptz NOT NULL,
    made_at timestamptz NOT NULL,
    order_id integer NOT NULL REFERENCES work_order,
    PRIMARY KEY (plan_id, number)
);
CREATE INDEX maintenance_occurrence_of_order ON maintenance_occurrence (order_id);
