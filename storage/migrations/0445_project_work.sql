-- The work of a schedule as each import saw it, beside its milestones, and the calendar that stands for the whole project.

CREATE TABLE project_work (
    project_id integer NOT NULL REFERENCES project,
    imported_at timestamptz NOT NULL,
    status_on date NOT NULL,
    activities integer NOT NULL,
    started integer NOT NULL,
    finished integer NOT NULL,
    hours double precision NOT NULL,
    done_percent double precision NOT NULL,
    planned_percent double precision,
    calendar jsonb NOT NULL DEFAULT '{}',
    file text NOT NULL,
    PRIMARY KEY (project_id, imported_at),
    CONSTRAINT project_work_counts_are_sane CHECK (0 <= finished AND finished <= activities AND started <= activities),
    CONSTRAINT project_work_percent_is_sane CHECK (done_percent BETWEEN 0 AND 100)
);
