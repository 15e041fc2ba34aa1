-- What the gates of a project count: training that was held and the spares that must be on stock; who answers for each
-- gate by name; whose engineering is told while its assets are in commissioning, and since when they are in service.

ALTER TABLE project
    ADD COLUMN engineering_team text NOT NULL DEFAULT 'engineering',
    ADD COLUMN service_from timestamptz;

CREATE TABLE project_training (
    training_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id integer NOT NULL REFERENCES project,
    class_id integer NOT NULL REFERENCES asset_class,
    person text NOT NULL,
    held_on date NOT NULL,
    taught_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    CONSTRAINT project_training_is_recorded_once UNIQUE (project_id, class_id, person, held_on)
);

-- Parts by their number, whether the stores know them yet or not.
CREATE TABLE project_spare (
    project_id integer NOT NULL REFERENCES project,
    part text NOT NULL,
    quantity numeric NOT NULL CONSTRAINT project_spare_is_some CHECK (quantity > 0),
    named_at timestamptz NOT NULL,
    named_by text NOT NULL,
    PRIMARY KEY (project_id, part)
);

CREATE TABLE project_duty (
    project_id integer NOT NULL REFERENCES project,
    gate text NOT NULL,
    delivers text NOT NULL,
    checks text NOT NULL,
    decides text NOT NULL,
    said_at timestamptz NOT NULL,
    said_by text NOT NULL,
    PRIMARY KEY (project_id, gate)
);
