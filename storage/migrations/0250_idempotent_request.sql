-- Requests that were sent with a key so that they are done once: what they were, and how they were answered.

CREATE TABLE idempotent_request (
    principal text NOT NULL,
    key text NOT NULL,
    sha256 bytea NOT NULL,
    began timestamptz NOT NULL,
    status integer,
    headers jsonb,
    body bytea,
    PRIMARY KEY (principal, key),
    CONSTRAINT idempotent_request_is_answered_whole CHECK ((status IS NULL) = (headers IS NULL))
);

CREATE INDEX idempotent_request_by_time ON idempotent_request (began);
