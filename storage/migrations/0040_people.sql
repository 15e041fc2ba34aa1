-- People, what proves that they are themselves, and what they may do where. Nobody is ever deleted: who leaves is
-- disabled, and what they did keeps their name.

CREATE TABLE person (
    person_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    sign_in text NOT NULL CONSTRAINT person_sign_in_is_unique UNIQUE,
    name text NOT NULL,
    language text NOT NULL DEFAULT '' CONSTRAINT person_language_known CHECK (language IN ('', 'en', 'zh')),
    time_zone text NOT NULL DEFAULT '',
    mail text NOT NULL DEFAULT '',
    phone text NOT NULL DEFAULT '',
    is_demo boolean NOT NULL DEFAULT false,
    issuer text,
    subject text,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    disabled_at timestamptz,
    disabled_by text,
    CONSTRAINT person_sign_in_is_normal CHECK (sign_in = lower(sign_in) AND length(sign_in) BETWEEN 1 AND 100),
    CONSTRAINT person_provider_and_subject_go_together CHECK ((issuer IS NULL) = (subject IS NULL)),
    CONSTRAINT person_subject_is_one_person UNIQUE (issuer, subject)
);

-- Argon2 hashes of passwords and PINs. No role but the owner reads it: see definitions/48_identity.sql.
CREATE TABLE person_secret (
    person_id uuid NOT NULL REFERENCES person,
    kind text NOT NULL CONSTRAINT person_secret_kind_known CHECK (kind IN ('password', 'pin')),
    hash text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, kind)
);

-- A role at a site, or at every site where none is named.
CREATE TABLE person_role (
    person_id uuid NOT NULL REFERENCES person,
    site_id integer REFERENCES site,
    role text NOT NULL CONSTRAINT person_role_known CHECK (
        role IN ('operations', 'maintenance', 'engineering', 'supervisor', 'administrator', 'device')
    ),
    granted_at timestamptz NOT NULL,
    granted_by text NOT NULL,
    CONSTRAINT person_role_once UNIQUE NULLS NOT DISTINCT (person_id, site_id, role)
);

CREATE TABLE team (
    team_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tag text NOT NULL CONSTRAINT team_tag_is_unique UNIQUE,
    name text NOT NULL,
    name_zh text NOT NULL DEFAULT '',
    answers_for_engineering boolean NOT NULL DEFAULT false
);

CREATE TABLE team_member (
    team_id integer NOT NULL REFERENCES team,
    person_id uuid NOT NULL REFERENCES person,
    on_call boolean NOT NULL DEFAULT false,
    PRIMARY KEY (team_id, person_id)
);

-- What is kept of a cookie is its SHA-256: 32 random bytes, which nobody guesses. At a shared terminal `person_id`
-- changes, `opened_by` stays.
CREATE TABLE person_session (
    sha256 bytea PRIMARY KEY CONSTRAINT person_session_hash_is_sha256 CHECK (length(sha256) = 32),
    person_id uuid NOT NULL REFERENCES person,
    opened_by uuid NOT NULL REFERENCES person,
    recognition text NOT NULL,
    is_shared boolean NOT NULL DEFAULT false,
    began_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    address text NOT NULL,
    ended_at timestamptz,
    ended_because text
);
CREATE INDEX person_session_open ON person_session (person_id) WHERE ended_at IS NULL;
CREATE INDEX person_session_opened_by ON person_session (opened_by) WHERE ended_at IS NULL;

-- Every attempt to sign in, counted by minute, account, address and what became of it: 10,000 guesses are few rows.
CREATE TABLE sign_in_attempt (
    minute timestamptz NOT NULL,
    account text NOT NULL,
    address text NOT NULL,
    outcome text NOT NULL CONSTRAINT sign_in_attempt_outcome_known CHECK (
        outcome IN ('succeeded', 'wrong', 'disabled', 'slowed')
    ),
    count integer NOT NULL DEFAULT 1,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (minute, account, address, outcome)
);

-- How many wrong guesses in a row, by account at an address, by address and by account, and until when none is heard.
CREATE TABLE sign_in_delay (
    key text PRIMARY KEY,
    failures integer NOT NULL,
    until timestamptz NOT NULL,
    last_at timestamptz NOT NULL
);

CREATE TABLE one_time_link (
    sha256 bytea PRIMARY KEY CONSTRAINT one_time_link_hash_is_sha256 CHECK (length(sha256) = 32),
    person_id uuid NOT NULL REFERENCES person,
    made_at timestamptz NOT NULL,
    made_by text NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);

-- A token of a person or, where there is none, of a machine with a role of its own. `scopes` are rights, `sites` tags.
CREATE TABLE api_token (
    token_id text PRIMARY KEY,
    person_id uuid REFERENCES person,
    name text NOT NULL,
    role text NOT NULL DEFAULT '',
    sha256 bytea NOT NULL CONSTRAINT api_token_hash_is_sha256 CHECK (length(sha256) = 32),
    scopes text[],
    sites text[],
    issued_at timestamptz NOT NULL,
    issued_by text NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    revoked_at timestamptz,
    revoked_by text,
    CONSTRAINT api_token_of_a_person_or_a_machine CHECK ((person_id IS NULL) = (role <> ''))
);

-- The credential was asked for again, for one act; used once.
CREATE TABLE confirmation (
    sha256 bytea PRIMARY KEY CONSTRAINT confirmation_hash_is_sha256 CHECK (length(sha256) = 32),
    person_id uuid NOT NULL REFERENCES person,
    act text NOT NULL,
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);

-- A sign-in at a provider that is under way: what must come back with it.
CREATE TABLE provider_sign_in (
    sha256 bytea PRIMARY KEY CONSTRAINT provider_sign_in_hash_is_sha256 CHECK (length(sha256) = 32),
    nonce text NOT NULL,
    code_verifier text NOT NULL,
    next text NOT NULL,
    expires_at timestamptz NOT NULL
);

-- How it was proved who did something. What was there before people signed in had been typed, or was done by a process.
ALTER TABLE work_order_event ADD COLUMN recognised text NOT NULL DEFAULT 'typed';
ALTER TABLE work_order_booking ADD COLUMN recognised text NOT NULL DEFAULT 'typed';
ALTER TABLE work_order_closing ADD COLUMN recognised text NOT NULL DEFAULT 'typed';
ALTER TABLE model_event ADD COLUMN recognised text NOT NULL DEFAULT 'typed';
UPDATE work_order_event SET recognised = 'process' WHERE actor = 'desk';
UPDATE model_event SET recognised = 'process'
WHERE event IN ('refused', 'retired', 'line_moved') OR actor LIKE 'assetloop %' OR actor = 'models';
ALTER TABLE work_order_event ALTER COLUMN recognised
    SET DEFAULT coalesce(nullif(current_setting('assetloop.recognised', true), ''), 'process');
ALTER TABLE work_order_booking ALTER COLUMN recognised
    SET DEFAULT coalesce(nullif(current_setting('assetloop.recognised', true), ''), 'process');
ALTER TABLE work_order_closing ALTER COLUMN recognised
    SET DEFAULT coalesce(nullif(current_setting('assetloop.recognised', true), ''), 'process');
ALTER TABLE model_event ALTER COLUMN recognised
    SET DEFAULT coalesce(nullif(current_setting('assetloop.recognised', true), ''), 'process');
