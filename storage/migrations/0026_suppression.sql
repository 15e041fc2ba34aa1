-- When what is found at an asset is suppressed by design: work in progress, out of service, and learning again.

CREATE TABLE suppression (
    suppression_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    asset_id integer NOT NULL REFERENCES asset,
    reason text NOT NULL CONSTRAINT suppression_reason_known CHECK (reason IN ('work', 'out_of_service')),
    order_id integer REFERENCES work_order,
    began timestamptz NOT NULL,
    ended timestamptz,
    begun_by text NOT NULL,
    ended_by text,
    state_before text,
    CONSTRAINT suppression_of_work_names_its_order CHECK ((reason = 'work') = (order_id IS NOT NULL)),
    CONSTRAINT suppression_ends_after_its_begin CHECK (ended >= began)
);
CREATE UNIQUE INDEX suppression_one_open ON suppression (asset_id, reason, coalesce(order_id, 0)) WHERE ended IS NULL;
CREATE INDEX suppression_by_asset ON suppression (asset_id, began);

CREATE TABLE relearning (
    relearning_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    installation_id integer NOT NULL REFERENCES installation,
    asset_id integer NOT NULL REFERENCES asset,
    reason text NOT NULL CONSTRAINT relearning_reason_known CHECK (reason IN ('action', 'installation')),
    order_id integer REFERENCES work_order,
    began timestamptz NOT NULL,
    ended timestamptz,
    ended_how text
        CONSTRAINT relearning_end_known CHECK (ended_how IN ('promoted', 'dismissed', 'superseded')),
    opened_by text NOT NULL,
    ended_by text,
    looked_at timestamptz,
    CONSTRAINT relearning_end_is_whole CHECK ((ended IS NULL) = (ended_how IS NULL)),
    CONSTRAINT relearning_ends_after_its_begin CHECK (ended >= began)
);
CREATE UNIQUE INDEX relearning_one_open ON relearning (asset_id) WHERE ended IS NULL;
CREATE INDEX relearning_by_asset ON relearning (asset_id, began);

ALTER TABLE finding
    ADD COLUMN suppressed text
        CONSTRAINT finding_suppression_known CHECK (suppressed IN ('work', 'out_of_service', 'relearning'));
CREATE INDEX finding_by_asset ON finding (asset_id, onset);
