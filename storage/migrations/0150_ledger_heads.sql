-- Heads of the ledger's chains that were signed at intervals, and what witnesses set under them. Nothing of it changes.

CREATE TABLE ledger_signed_head (
    project text NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL CONSTRAINT ledger_signed_head_root_is_sha256 CHECK (length(root) = 32),
    note text NOT NULL,
    signed_at timestamptz NOT NULL,
    PRIMARY KEY (project, signed_at, size)
);

CREATE TABLE ledger_cosignature (
    project text NOT NULL,
    size bigint NOT NULL,
    line text NOT NULL,
    taken_at timestamptz NOT NULL,
    PRIMARY KEY (project, size, line)
);
