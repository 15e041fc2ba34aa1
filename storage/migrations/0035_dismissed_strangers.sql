-- Unknown assets that nobody wants in the register: what they say is counted, and one payload kept as a sample.

CREATE TABLE dismissed_stranger (
    stranger bytea PRIMARY KEY,  -- as in quarantine_arrival: the key of its tags
    site_tag text,
    asset_tag text NOT NULL,
    dismissed_by text NOT NULL,
    dismissed_at timestamptz NOT NULL
);
