-- Files that were sent to be imported: what the register would be told is seen first, and a worker takes them in once a
-- person confirms. The file itself goes when it was taken in or dismissed.

CREATE TABLE register_upload (
    upload_id uuid PRIMARY KEY,
    site text NOT NULL,
    file text NOT NULL,
    kind text NOT NULL DEFAULT '',
    class_tag text NOT NULL DEFAULT '',
    body bytea,
    state text NOT NULL CONSTRAINT register_upload_state_known
        CHECK (state IN ('tried', 'confirmed', 'done', 'failed', 'dismissed')),
    said jsonb NOT NULL,
    uploaded_at timestamptz NOT NULL,
    uploaded_by text NOT NULL,
    decided_at timestamptz,
    decided_by text,
    decider jsonb,
    CONSTRAINT register_upload_keeps_what_waits CHECK (state NOT IN ('tried', 'confirmed') OR body IS NOT NULL)
);
CREATE INDEX register_upload_by_time ON register_upload (uploaded_at);
ALTER TABLE register_upload ALTER COLUMN body SET STORAGE EXTERNAL;
