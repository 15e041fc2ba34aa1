-- The life of a model: who is in charge and since when, its alarm line, and what closing codes taught about it.

ALTER TABLE model
    ADD COLUMN line double precision NOT NULL DEFAULT 1
        CONSTRAINT model_line_is_sane CHECK (line BETWEEN 1 AND 2),
    ADD COLUMN reference jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN promoted_at timestamptz,
    ADD COLUMN retired_at timestamptz,
    ADD COLUMN refused text;
UPDATE model SET promoted_at = trained_at WHERE state IN ('champion', 'retired');
UPDATE model SET retired_at = trained_at WHERE state = 'retired';
UPDATE model AS old
SET state = 'retired'
FROM model AS young
WHERE old.state = 'challenger'
    AND young.state = 'challenger'
    AND young.installation_id = old.installation_id
    AND young.kind = old.kind
    AND young.version > old.version;
CREATE UNIQUE INDEX model_one_challenger ON model (installation_id, kind) WHERE state = 'challenger';

CREATE TABLE model_event (
    event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    model_id integer NOT NULL REFERENCES model,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    event text NOT NULL CONSTRAINT model_event_known
        CHECK (event IN ('trained', 'promoted', 'retired', 'rolled_back', 'refused', 'line_moved')),
    detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX model_event_by_model ON model_event (model_id, at);

ALTER TABLE finding ADD COLUMN line double precision NOT NULL DEFAULT 1;

CREATE TABLE label (
    label_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id integer NOT NULL REFERENCES work_order,
    finding_id uuid REFERENCES finding,
    asset_id integer NOT NULL REFERENCES asset,
    installation_id integer REFERENCES installation,
    source text NOT NULL CONSTRAINT label_source_known CHECK (source IN ('model', 'rule', 'limit', 'person')),
    source_version text NOT NULL DEFAULT '',
    kind text NOT NULL,
    outcome text NOT NULL CONSTRAINT label_outcome_known
        CHECK (outcome IN ('confirmed', 'false_alarm', 'no_fault_found')),
    failure_mode text NOT NULL,
    onset timestamptz NOT NULL,
    ended timestamptz NOT NULL,
    told_at timestamptz,
    started_at timestamptz,
    failed_at timestamptz,
    restored_at timestamptz NOT NULL,
    score double precision,
    line double precision NOT NULL DEFAULT 1,
    labelled_at timestamptz NOT NULL,
    labelled_by text NOT NULL,
    learnt_at timestamptz,
    CONSTRAINT label_is_given_once UNIQUE NULLS NOT DISTINCT (order_id, finding_id),
    CONSTRAINT label_of_a_person_has_no_finding CHECK ((source = 'person') = (finding_id IS NULL))
);
CREATE INDEX label_by_installation ON label (installation_id, onset);
CREATE INDEX label_to_learn ON label (label_id) WHERE learnt_at IS NULL;

CREATE TABLE kept_window (
    label_id bigint PRIMARY KEY REFERENCES label,
    signal_ids integer[] NOT NULL,
    data_from timestamptz NOT NULL,
    data_to timestamptz NOT NULL,
    rows integer NOT NULL,
    body bytea NOT NULL
);
