-- Projects whose assets engineering hands over: their schedule, documents, punches, gates and signatures. What was said or
-- signed is never changed; what follows stands beside it.

CREATE TABLE project (
    project_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tag text NOT NULL CONSTRAINT project_tag_is_unique UNIQUE,
    site_id integer NOT NULL REFERENCES site,
    name text NOT NULL,
    completion_key text NOT NULL DEFAULT '',
    trial_days integer NOT NULL DEFAULT 30 CONSTRAINT project_trial_is_sane CHECK (trial_days BETWEEN 0 AND 365),
    fresh_hours integer NOT NULL DEFAULT 24 CONSTRAINT project_fresh_is_sane CHECK (fresh_hours BETWEEN 1 AND 720),
    required_documents text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    created_by text NOT NULL
);

CREATE TABLE project_asset (
    project_id integer NOT NULL REFERENCES project,
    asset_id integer NOT NULL REFERENCES asset,
    PRIMARY KEY (project_id, asset_id)
);

-- Each import adds what it saw; the newest row of a key stands, and the first plan is the one that slip is counted from.
CREATE TABLE project_milestone (
    project_id integer NOT NULL REFERENCES project,
    key text NOT NULL,
    imported_at timestamptz NOT NULL,
    name text NOT NULL,
    planned date,
    forecast date,
    actual date,
    file text NOT NULL,
    PRIMARY KEY (project_id, key, imported_at)
);

CREATE TABLE project_document (
    document_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id integer NOT NULL REFERENCES project,
    asset_id integer REFERENCES asset,
    vdi_class text NOT NULL CONSTRAINT project_document_class_is_vdi CHECK (vdi_class ~ '^0[1-4]-0[1-6]$'),
    title text NOT NULL,
    version text NOT NULL,
    file text NOT NULL,
    sha256 text NOT NULL,
    added_at timestamptz NOT NULL,
    added_by text NOT NULL,
    CONSTRAINT project_document_version_is_added_once UNIQUE NULLS NOT DISTINCT (
        project_id, asset_id, vdi_class, title, version
    )
);

CREATE TABLE project_punch (
    punch_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id integer NOT NULL REFERENCES project,
    asset_id integer REFERENCES asset,
    category text NOT NULL CONSTRAINT project_punch_category_known CHECK (category IN ('A', 'B')),
    text text NOT NULL,
    raised_at timestamptz NOT NULL,
    raised_by text NOT NULL,
    carried_to date,
    carried_by text,
    closed_at timestamptz,
    closed_by text,
    CONSTRAINT project_punch_a_is_not_carried CHECK (category = 'B' OR carried_to IS NULL)
);

CREATE TABLE project_gate (
    project_id integer NOT NULL REFERENCES project,
    gate text NOT NULL,
    outcome text NOT NULL CONSTRAINT project_gate_outcome_known CHECK (outcome IN ('passed', 'waived')),
    at timestamptz NOT NULL,
    actor text NOT NULL,
    person text NOT NULL DEFAULT '',
    recognised text NOT NULL,
    note text NOT NULL DEFAULT '',
    evidence jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (project_id, gate)
);

CREATE TABLE project_signature (
    signature_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id integer NOT NULL REFERENCES project,
    gate text NOT NULL,
    side text NOT NULL CONSTRAINT project_signature_side_known CHECK (side IN ('engineering', 'operations', 'supervisor')),
    person text NOT NULL,
    signed_by text NOT NULL,
    recognised text NOT NULL,
    signed_at timestamptz NOT NULL,
    manifest_sha256 text NOT NULL,
    manifest jsonb NOT NULL,
    voided_at timestamptz,
    voided_because text
);
CREATE INDEX project_signature_of_project ON project_signature (project_id, gate);
