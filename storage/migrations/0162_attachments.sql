-- Files that belong to an order: photos, measurements, certificates. Small ones are kept here in pieces; where a store of
-- objects is set, `place` names the object. What was attached is never changed or taken away.

CREATE TABLE attachment (
    attachment_id uuid PRIMARY KEY,
    order_id integer NOT NULL REFERENCES work_order,
    name text NOT NULL,
    media_type text NOT NULL,
    bytes bigint NOT NULL CONSTRAINT attachment_holds_something CHECK (bytes > 0),
    sha256 bytea NOT NULL CONSTRAINT attachment_hash_is_sha256 CHECK (length(sha256) = 32),
    place text NOT NULL DEFAULT '',
    words text NOT NULL DEFAULT '',
    added_at timestamptz NOT NULL,
    added_by text NOT NULL,
    recognised text NOT NULL DEFAULT coalesce(nullif(current_setting('assetloop.recognised', true), ''), 'process'),
    CONSTRAINT attachment_is_added_once UNIQUE (order_id, sha256)
);

CREATE TABLE attachment_piece (
    attachment_id uuid NOT NULL REFERENCES attachment,
    position integer NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (attachment_id, position)
);
-- photos are compressed already
ALTER TABLE attachment_piece ALTER COLUMN body SET STORAGE EXTERNAL;
