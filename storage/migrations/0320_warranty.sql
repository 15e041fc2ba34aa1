-- Until when whoever made a machine answers for it, and what was claimed of them. Where nobody said so of a machine, the
-- register's parameters and the project that handed it over say it: see the definition of warranty_standing.

ALTER TABLE project
    ADD COLUMN warranty_months integer
        CONSTRAINT project_warranty_is_sane CHECK (warranty_months BETWEEN 1 AND 600);

CREATE TABLE warranty (
    installation_id integer PRIMARY KEY REFERENCES installation,
    asset_id integer NOT NULL REFERENCES asset,
    starts date NOT NULL,
    ends date NOT NULL,
    guarantor text NOT NULL DEFAULT '',
    terms text NOT NULL DEFAULT '',
    said_at timestamptz NOT NULL,
    said_by text NOT NULL,
    CONSTRAINT warranty_has_a_length CHECK (ends >= starts)
);
CREATE INDEX warranty_of_asset ON warranty (asset_id);

-- One claim an order; `starts`, `ends` and `guarantor` are as they stood when it was made.
CREATE TABLE warranty_claim (
    claim_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id integer NOT NULL CONSTRAINT warranty_claim_is_made_once UNIQUE REFERENCES work_order,
    asset_id integer NOT NULL REFERENCES asset,
    project_id integer REFERENCES project,
    guarantor text NOT NULL,
    starts date NOT NULL,
    ends date NOT NULL,
    failed_at timestamptz NOT NULL,
    state text NOT NULL CONSTRAINT warranty_claim_state_known
        CHECK (state IN ('open', 'accepted', 'rejected', 'settled')),
    amount numeric CONSTRAINT warranty_claim_amount_is_sane CHECK (amount >= 0 AND amount < 1000000000),
    currency text NOT NULL DEFAULT '',
    made_at timestamptz NOT NULL,
    made_by text NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX warranty_claim_of_project ON warranty_claim (project_id);
CREATE INDEX warranty_claim_of_asset ON warranty_claim (asset_id);

CREATE TABLE warranty_claim_step (
    step_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    claim_id integer NOT NULL REFERENCES warranty_claim,
    at timestamptz NOT NULL,
    by text NOT NULL,
    state text NOT NULL,
    amount numeric,
    note text NOT NULL DEFAULT '',
    recognised text NOT NULL DEFAULT coalesce(nullif(current_setting('assetloop.recognised', true), ''), 'process')
);
CREATE INDEX warranty_claim_step_of_claim ON warranty_claim_step (claim_id);
