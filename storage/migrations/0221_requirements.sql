-- What each class must be handed over with, as both sides of a project sign it at its start. A version that is kept is never
-- changed; the newest one that both have signed counts.

CREATE TABLE project_requirements (
    project_id integer NOT NULL REFERENCES project,
    version integer NOT NULL,
    document jsonb NOT NULL,
    sha256 text NOT NULL,
    kept_at timestamptz NOT NULL,
    kept_by text NOT NULL,
    PRIMARY KEY (project_id, version)
);

CREATE TABLE project_requirements_signature (
    project_id integer NOT NULL,
    version integer NOT NULL,
    side text NOT NULL CONSTRAINT project_requirements_side_known CHECK (side IN ('engineering', 'operations')),
    person text NOT NULL,
    signed_by text NOT NULL,
    recognised text NOT NULL,
    signed_at timestamptz NOT NULL,
    PRIMARY KEY (project_id, version, side),
    CONSTRAINT project_requirements_are_signed_by_two UNIQUE (project_id, version, person),
    CONSTRAINT project_requirements_signature_of_a_version
        FOREIGN KEY (project_id, version) REFERENCES project_requirements
);
