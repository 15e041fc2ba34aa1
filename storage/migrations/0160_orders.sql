-- Why an order was raised, who is to do it, and what people say about it. Rules belong to a class of equipment.

CREATE TABLE class_order_rules (
    class_id integer PRIMARY KEY REFERENCES asset_class,
    rules jsonb NOT NULL CONSTRAINT class_order_rules_are_a_list CHECK (jsonb_typeof(rules) = 'array')
);

ALTER TABLE work_order
    ADD COLUMN work_type text NOT NULL DEFAULT 'corrective' CONSTRAINT work_order_type_known CHECK (
        work_type IN ('corrective', 'condition_based', 'preventive', 'inspection', 'modification')
    ),
    ADD COLUMN why jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN words text NOT NULL DEFAULT '',
    ADD COLUMN team text CONSTRAINT work_order_team_is_known REFERENCES team (tag),
    ADD COLUMN assignee text CONSTRAINT work_order_assignee_is_known REFERENCES person (sign_in),
    ADD COLUMN job_plan text,
    ADD COLUMN job_plan_version integer,
    ADD COLUMN overdue_at timestamptz,
    ADD CONSTRAINT work_order_job_plan_has_a_version CHECK ((job_plan IS NULL) = (job_plan_version IS NULL));

-- Planned work is about no failure; any number of such orders may stand open at an asset.
DROP INDEX work_order_one_open;
CREATE UNIQUE INDEX work_order_one_open ON work_order (asset_id, failure_mode)
WHERE state NOT IN ('CLOSE', 'CAN') AND failure_mode <> '';
CREATE INDEX work_order_by_requested_finish ON work_order (requested_finish) WHERE state NOT IN ('COMP', 'CLOSE', 'CAN');

CREATE TABLE work_order_comment (
    comment_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id integer NOT NULL REFERENCES work_order,
    at timestamptz NOT NULL,
    by text NOT NULL,
    said text NOT NULL CONSTRAINT work_order_comment_says_something CHECK (said <> ''),
    recognised text NOT NULL DEFAULT coalesce(nullif(current_setting('assetloop.recognised', true), ''), 'process')
);
CREATE INDEX work_order_comment_of_order ON work_order_comment (order_id);
