-- Training that was asked for, retraining that is proposed with evidence, and the watch for drift.

CREATE TABLE training (
    training_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    installation_id integer NOT NULL REFERENCES installation,
    batch text NOT NULL,
    succession text NOT NULL CONSTRAINT training_succession_known CHECK (succession IN ('promote', 'challenge', 'await')),
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'queued' CONSTRAINT training_state_known
        CHECK (state IN ('queued', 'trained', 'refused', 'failed')),
    outcome text NOT NULL DEFAULT '',
    model_id integer REFERENCES model,
    finished_at timestamptz
);
CREATE UNIQUE INDEX training_one_queued ON training (installation_id) WHERE state = 'queued';
CREATE INDEX training_by_batch ON training (batch);

CREATE TABLE proposal (
    proposal_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    installation_id integer NOT NULL REFERENCES installation,
    asset_id integer NOT NULL REFERENCES asset,
    reason text NOT NULL CONSTRAINT proposal_reason_known
        CHECK (reason IN ('relearning', 'input_drift', 'alarm_rate', 'model_refused')),
    evidence jsonb NOT NULL,
    data_from timestamptz,
    data_to timestamptz,
    state text NOT NULL DEFAULT 'open' CONSTRAINT proposal_state_known
        CHECK (state IN ('open', 'accepted', 'dismissed', 'superseded')),
    raised_at timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by text,
    note text NOT NULL DEFAULT '',
    training_id bigint REFERENCES training,
    CONSTRAINT proposal_decision_is_whole CHECK ((state = 'open') = (decided_at IS NULL)),
    CONSTRAINT proposal_span_is_whole CHECK ((data_from IS NULL) = (data_to IS NULL))
);
CREATE UNIQUE INDEX proposal_one_open ON proposal (installation_id, reason) WHERE state = 'open';
CREATE INDEX proposal_by_asset ON proposal (asset_id, raised_at);

CREATE TABLE drift_check (
    check_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    model_id integer NOT NULL REFERENCES model,
    at timestamptz NOT NULL,
    data_from timestamptz NOT NULL,
    data_to timestamptz NOT NULL,
    signals jsonb NOT NULL,
    episodes integer NOT NULL,
    expected double precision NOT NULL,
    inputs_drift boolean NOT NULL,
    alarms_drift boolean NOT NULL
);
CREATE INDEX drift_check_by_model ON drift_check (model_id, at);
