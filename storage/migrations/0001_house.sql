-- The first house: register, wire bookkeeping, models, findings, alerts, work orders, ledger.

CREATE TABLE deployment (
    only_row boolean PRIMARY KEY DEFAULT true CONSTRAINT deployment_has_one_row CHECK (only_row),
    installation text NOT NULL,
    grade text NOT NULL CONSTRAINT deployment_grade_known CHECK (grade IN ('plain', 'apache', 'community'))
);

-- Register ------------------------------------------------------------------------------------

CREATE TABLE site (
    site_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tag text NOT NULL CONSTRAINT site_tag_is_unique UNIQUE,
    name text NOT NULL,
    name_zh text NOT NULL DEFAULT '',
    timezone text NOT NULL DEFAULT 'UTC'
);

CREATE TABLE asset_class (
    class_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tag text NOT NULL CONSTRAINT asset_class_tag_is_unique UNIQUE,
    name text NOT NULL,
    name_zh text NOT NULL DEFAULT '',
    grace_s double precision NOT NULL DEFAULT 2.0
        CONSTRAINT asset_class_grace_is_sane CHECK (grace_s >= 0 AND grace_s <= 900)
);

CREATE TABLE class_signal (
    class_id integer NOT NULL REFERENCES asset_class ON DELETE CASCADE,
    key text NOT NULL,
    name text NOT NULL,
    name_zh text NOT NULL DEFAULT '',
    unit text NOT NULL DEFAULT '',
    role text NOT NULL DEFAULT 'measurement'
        CONSTRAINT class_signal_role_known CHECK (role IN ('measurement', 'setting')),
    low double precision,
    high double precision,
    key_value boolean NOT NULL DEFAULT false,
    position integer NOT NULL DEFAULT 0,
    PRIMARY KEY (class_id, key)
);

CREATE TABLE asset (
    asset_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site_id integer NOT NULL REFERENCES site,
    class_id integer NOT NULL REFERENCES asset_class,
    tag text NOT NULL,
    name text NOT NULL,
    name_zh text NOT NULL DEFAULT '',
    state text NOT NULL DEFAULT 'in_service'
        CONSTRAINT asset_state_known CHECK (state IN ('commissioning', 'in_service', 'standby', 'out_of_service')),
    x double precision,
    y double precision,
    CONSTRAINT asset_tag_is_unique_in_its_site UNIQUE (site_id, tag)
);

CREATE TABLE equipment (
    equipment_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    class_id integer NOT NULL REFERENCES asset_class,
    serial text NOT NULL,
    manufacturer text NOT NULL DEFAULT '',
    model text NOT NULL DEFAULT '',
    CONSTRAINT equipment_serial_is_unique UNIQUE (manufacturer, serial)
);

CREATE TABLE installation (
    installation_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    asset_id integer NOT NULL REFERENCES asset,
    equipment_id integer REFERENCES equipment,
    installed_from timestamptz NOT NULL DEFAULT now(),
    installed_to timestamptz
);
CREATE UNIQUE INDEX installation_one_at_a_time ON installation (asset_id) WHERE installed_to IS NULL;

CREATE TABLE feed (
    from_asset_id integer NOT NULL REFERENCES asset,
    to_asset_id integer NOT NULL REFERENCES asset,
    PRIMARY KEY (from_asset_id, to_asset_id)
);

CREATE TABLE signal (
    signal_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    asset_id integer NOT NULL REFERENCES asset,
    key text NOT NULL,
    name text NOT NULL DEFAULT '',
    name_zh text NOT NULL DEFAULT '',
    unit text NOT NULL DEFAULT '',
    role text NOT NULL DEFAULT 'measurement'
        CONSTRAINT signal_role_known CHECK (role IN ('measurement', 'setting')),
    low double precision,
    high double precision,
    key_value boolean NOT NULL DEFAULT false,
    position integer NOT NULL DEFAULT 0,
    self_registered boolean NOT NULL DEFAULT false,
    CONSTRAINT signal_key_is_unique_in_its_asset UNIQUE (asset_id, key)
);

CREATE TABLE healthy_interval (
    interval_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    installation_id integer NOT NULL REFERENCES installation,
    healthy_from timestamptz NOT NULL,
    healthy_to timestamptz NOT NULL,
    origin text NOT NULL
        CONSTRAINT healthy_interval_origin_known CHECK (origin IN ('commissioning', 'declared')),
    declared_by text NOT NULL,
    declared_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT healthy_interval_has_a_length CHECK (healthy_to > healthy_from),
    CONSTRAINT healthy_interval_is_declared_once UNIQUE (installation_id, healthy_from, healthy_to)
);

-- The wire --------------------------------------------------------------------------------------

CREATE TABLE latest (
    signal_id integer PRIMARY KEY REFERENCES signal,
    time timestamptz NOT NULL,
    value double precision NOT NULL,
    flags smallint NOT NULL,
    stored_at timestamptz NOT NULL
);

CREATE TABLE reading_conflict (
    signal_id integer NOT NULL,
    time timestamptz NOT NULL,
    value double precision NOT NULL,
    flags smallint NOT NULL DEFAULT 0,
    received_at timestamptz NOT NULL,
    CONSTRAINT reading_conflict_is_kept_once PRIMARY KEY (signal_id, time, value)
);

CREATE TABLE quarantine (
    quarantine_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL,
    sha256 bytea NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL DEFAULT '',
    site_tag text,
    asset_tag text,
    payload bytea NOT NULL,
    length integer NOT NULL,
    first_seen timestamptz NOT NULL,
    last_seen timestamptz NOT NULL,
    count bigint NOT NULL DEFAULT 1,
    readings bigint NOT NULL DEFAULT 1,
    CONSTRAINT quarantine_is_unique UNIQUE (topic, sha256, reason)
);
CREATE INDEX quarantine_by_time ON quarantine (last_seen);

CREATE TABLE delivery (
    slot integer NOT NULL,
    batch bigint NOT NULL,
    device text NOT NULL,
    minute timestamptz NOT NULL,
    received integer NOT NULL,
    stored integer NOT NULL,
    duplicate integer NOT NULL,
    late integer NOT NULL,
    quarantined integer NOT NULL,
    conflicting integer NOT NULL
);
CREATE INDEX delivery_by_device ON delivery (device, minute);

CREATE TABLE ingest_slot (
    slot integer PRIMARY KEY,
    holder text,
    lease_until timestamptz,
    lag_s double precision NOT NULL DEFAULT 0,
    last_commit timestamptz
);

-- Models and what they found ------------------------------------------------------------------

CREATE TABLE model (
    model_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    installation_id integer NOT NULL REFERENCES installation,
    kind text NOT NULL,
    version integer NOT NULL,
    state text NOT NULL
        CONSTRAINT model_state_known CHECK (state IN ('champion', 'challenger', 'retired')),
    signal_ids integer[] NOT NULL,
    data_from timestamptz NOT NULL,
    data_to timestamptz NOT NULL,
    data_rows integer NOT NULL,
    data_sha256 bytea NOT NULL,
    libraries jsonb NOT NULL,
    figures jsonb NOT NULL DEFAULT '{}',
    artifact bytea NOT NULL,
    trained_by text NOT NULL,
    trained_at timestamptz NOT NULL,
    CONSTRAINT model_version_is_unique UNIQUE (installation_id, kind, version)
);
CREATE UNIQUE INDEX model_one_champion ON model (installation_id, kind) WHERE state = 'champion';

CREATE TABLE scoring (
    asset_id integer PRIMARY KEY REFERENCES asset,
    model_id integer REFERENCES model,
    watermark timestamptz,
    state bytea,
    holder text,
    lease_until timestamptz,
    fence bigint NOT NULL DEFAULT 0
);

CREATE TABLE score (
    asset_id integer NOT NULL REFERENCES asset,
    time timestamptz NOT NULL,
    model_id integer NOT NULL,
    score_max double precision NOT NULL,
    score_last double precision NOT NULL,
    flags smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (asset_id, time)
);

CREATE TABLE finding (
    finding_id uuid PRIMARY KEY,
    asset_id integer NOT NULL REFERENCES asset,
    kind text NOT NULL,
    failure_mode text NOT NULL,
    source text NOT NULL CONSTRAINT finding_source_known CHECK (source IN ('model', 'rule', 'limit')),
    source_version text NOT NULL,
    onset timestamptz NOT NULL,
    updated timestamptz NOT NULL,
    cleared timestamptz,
    severity text NOT NULL,
    score double precision NOT NULL,
    shares jsonb NOT NULL,
    window_from timestamptz NOT NULL,
    window_to timestamptz NOT NULL,
    quality jsonb NOT NULL DEFAULT '{}',
    revision integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX finding_one_open ON finding (asset_id, kind, source) WHERE cleared IS NULL;

CREATE TABLE finding_seen (
    finding_id uuid PRIMARY KEY REFERENCES finding,
    revision integer NOT NULL,
    seen_at timestamptz NOT NULL
);

-- What people are told and asked to do --------------------------------------------------------

CREATE TABLE alert (
    alert_id uuid PRIMARY KEY,
    asset_id integer NOT NULL REFERENCES asset,
    kind text NOT NULL,
    severity text NOT NULL,
    active boolean NOT NULL DEFAULT true,
    acknowledged boolean NOT NULL DEFAULT false,
    shelved_until timestamptz,
    suppressed boolean NOT NULL DEFAULT false,
    out_of_service boolean NOT NULL DEFAULT false,
    onset timestamptz NOT NULL,
    raised_at timestamptz NOT NULL,
    cleared_at timestamptz,
    acknowledged_at timestamptz,
    acknowledged_by text,
    count integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX alert_one_open ON alert (asset_id, kind) WHERE active OR NOT acknowledged;

CREATE TABLE alert_finding (
    finding_id uuid PRIMARY KEY REFERENCES finding,
    alert_id uuid NOT NULL REFERENCES alert
);

CREATE TABLE work_order (
    order_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    asset_id integer NOT NULL REFERENCES asset,
    alert_id uuid REFERENCES alert,
    failure_mode text NOT NULL,
    state text NOT NULL CONSTRAINT work_order_state_known
        CHECK (state IN ('WAPPR', 'APPR', 'WSCH', 'WMATL', 'WPCOND', 'INPRG', 'COMP', 'CLOSE', 'CAN')),
    priority smallint NOT NULL CONSTRAINT work_order_priority_is_sane CHECK (priority BETWEEN 1 AND 5),
    severity text NOT NULL,
    title text NOT NULL,
    evidence jsonb NOT NULL,
    requested_finish timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    revision integer NOT NULL DEFAULT 1,
    acknowledged_at timestamptz,
    acknowledged_by text
);
CREATE UNIQUE INDEX work_order_one_open ON work_order (asset_id, failure_mode) WHERE state NOT IN ('CLOSE', 'CAN');

CREATE TABLE work_order_finding (
    order_id integer NOT NULL REFERENCES work_order,
    finding_id uuid NOT NULL REFERENCES finding,
    PRIMARY KEY (order_id, finding_id)
);

CREATE TABLE work_order_event (
    order_id integer NOT NULL REFERENCES work_order,
    revision integer NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    event text NOT NULL,
    document jsonb NOT NULL,
    published_at timestamptz,
    PRIMARY KEY (order_id, revision)
);

CREATE TABLE ledger_head (
    project text PRIMARY KEY,
    seq bigint NOT NULL,
    hash bytea NOT NULL
);

CREATE TABLE ledger (
    project text NOT NULL,
    seq bigint NOT NULL,
    at timestamptz NOT NULL,
    entry jsonb NOT NULL,
    previous bytea NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (project, seq)
);
