-- What both sides of a project agree to reach, what they review together and decide, what the design assumed, and what the
-- next project is to do otherwise. What was said stays; what follows stands beside it.

-- A goal counts once both sides have agreed to it; the newest one of a measure that counts is the goal.
CREATE TABLE project_goal (
    goal_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id integer NOT NULL REFERENCES project,
    measure text NOT NULL CONSTRAINT project_goal_measure_known
        CHECK (measure IN ('schedule', 'cost', 'energy', 'availability', 'failures')),
    target double precision NOT NULL CONSTRAINT project_goal_target_is_sane CHECK (target >= 0 AND target < 1e12),
    proposed_at timestamptz NOT NULL,
    proposed_by text NOT NULL,
    engineering_at timestamptz,
    engineering_by text,
    operations_at timestamptz,
    operations_by text
);
CREATE INDEX project_goal_of_project ON project_goal (project_id);

CREATE TABLE project_review (
    project_id integer NOT NULL REFERENCES project,
    number integer NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    held_at timestamptz NOT NULL,
    held_by text NOT NULL,
    content jsonb NOT NULL,
    PRIMARY KEY (project_id, number)
);

CREATE TABLE project_decision (
    decision_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id integer NOT NULL REFERENCES project,
    text text NOT NULL,
    side text NOT NULL CONSTRAINT project_decision_side_known CHECK (side IN ('engineering', 'operations')),
    owner text NOT NULL,
    due date NOT NULL,
    raised_at timestamptz NOT NULL,
    raised_by text NOT NULL,
    outcome text,
    done_at timestamptz,
    done_by text,
    CONSTRAINT project_decision_is_done_whole CHECK ((done_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX project_decision_of_project ON project_decision (project_id);

-- What the design counts with, for one machine of a class: failures a year, power, or how many of a part a year.
CREATE TABLE project_assumption (
    project_id integer NOT NULL REFERENCES project,
    class_id integer NOT NULL REFERENCES asset_class,
    what text NOT NULL CONSTRAINT project_assumption_what_known
        CHECK (what IN ('failures_a_year', 'power_kw', 'parts_a_year')),
    part text NOT NULL DEFAULT '',
    value double precision NOT NULL CONSTRAINT project_assumption_value_is_sane CHECK (value >= 0 AND value < 1e12),
    said_at timestamptz NOT NULL,
    said_by text NOT NULL,
    PRIMARY KEY (project_id, class_id, what, part)
);

-- What a project taught for the next one with machines of a class. `origin` is the project's tag: whoever plans at another
-- site sees what it asks for, and nothing else of it.
CREATE TABLE project_recommendation (
    recommendation_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id integer NOT NULL REFERENCES project,
    origin text NOT NULL,
    class_id integer NOT NULL REFERENCES asset_class,
    kind text NOT NULL CONSTRAINT project_recommendation_kind_known
        CHECK (kind IN ('document', 'training', 'spare', 'check')),
    what text NOT NULL,
    quantity numeric NOT NULL DEFAULT 1 CONSTRAINT project_recommendation_is_some CHECK (quantity > 0),
    because text NOT NULL,
    proposed_at timestamptz NOT NULL,
    proposed_by text NOT NULL,
    proposer text NOT NULL,
    is_accepted boolean,
    decided_at timestamptz,
    decided_by text
);
CREATE INDEX project_recommendation_of_class ON project_recommendation (class_id);

CREATE TABLE project_check (
    project_id integer NOT NULL REFERENCES project,
    recommendation_id integer NOT NULL REFERENCES project_recommendation,
    answer text NOT NULL,
    answered_at timestamptz NOT NULL,
    answered_by text NOT NULL,
    PRIMARY KEY (project_id, recommendation_id)
);
