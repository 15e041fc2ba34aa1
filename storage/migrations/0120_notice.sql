-- What people must know, one row for each thing and team. Whoever decides that they must writes it in its own
-- transaction; dispatch alone decides whom it reaches and how. `site` is empty where it is about every site. `team` is
-- null where it is for operations of the area. People were asked for their attention up to `told_revision`.

CREATE TABLE notice (
    notice_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    site text NOT NULL DEFAULT '',
    asset_id integer REFERENCES asset,
    area text,
    subject text NOT NULL CONSTRAINT notice_subject_known CHECK (
        subject IN ('incident', 'order', 'request', 'system', 'reminder')
    ),
    subject_id text NOT NULL,
    team text,
    severity text NOT NULL CONSTRAINT notice_severity_known CHECK (
        severity IN ('CRITICAL', 'MAJOR', 'MINOR', 'WARNING', 'INDETERMINATE')
    ),
    priority smallint NOT NULL CONSTRAINT notice_priority_is_sane CHECK (priority BETWEEN 1 AND 9),
    critical boolean NOT NULL DEFAULT false,
    document jsonb NOT NULL,
    revision integer NOT NULL DEFAULT 1,
    told_revision integer NOT NULL DEFAULT 0,
    raised_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    acknowledged_at timestamptz,
    acknowledged_by text,
    ended_at timestamptz,
    CONSTRAINT notice_is_one_for_subject_and_team UNIQUE NULLS NOT DISTINCT (subject, subject_id, team),
    CONSTRAINT notice_acknowledgement_is_whole CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL)),
    CONSTRAINT notice_tells_what_there_is CHECK (told_revision BETWEEN 0 AND revision)
);
CREATE INDEX notice_by_time ON notice (changed_at);
