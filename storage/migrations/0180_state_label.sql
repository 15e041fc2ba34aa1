-- What a machine's present state is: what the model assumes after an alarm, and what a person says.

-- Whether the machine stayed elsewhere when the episode ended, so that where it is was taken for its new normal.
ALTER TABLE finding ADD COLUMN elsewhere boolean NOT NULL DEFAULT false;

CREATE TABLE state_label (
    state_label_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    installation_id integer NOT NULL REFERENCES installation,
    asset_id integer NOT NULL REFERENCES asset,
    says text NOT NULL CONSTRAINT state_label_says_known CHECK (says IN ('normal', 'faulty')),
    since timestamptz NOT NULL,
    said_at timestamptz NOT NULL,
    said_by text NOT NULL,
    note text NOT NULL DEFAULT ''
);
CREATE INDEX state_label_by_installation ON state_label (installation_id, state_label_id);
CREATE INDEX state_label_by_asset ON state_label (asset_id, state_label_id);

ALTER TABLE proposal DROP CONSTRAINT proposal_reason_known;
ALTER TABLE proposal ADD CONSTRAINT proposal_reason_known
CHECK (reason IN ('relearning', 'input_drift', 'alarm_rate', 'model_refused', 'new_baseline'));
