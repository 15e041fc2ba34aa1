-- Tokens with which devices and gateways send telemetry over HTTP. What is kept of a secret is its SHA-256: it is 32
-- random bytes, which nobody guesses.

CREATE TABLE device_token (
    token_id text PRIMARY KEY,
    site_id integer NOT NULL REFERENCES site,
    asset_tag text,
    name text NOT NULL,
    sha256 bytea NOT NULL,
    issued_at timestamptz NOT NULL,
    issued_by text NOT NULL,
    revoked_at timestamptz,
    revoked_by text,
    used_at timestamptz,
    CONSTRAINT device_token_hash_is_sha256 CHECK (length(sha256) = 32)
);
