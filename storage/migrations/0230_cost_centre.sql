-- What a project costs, line by line, and the days that people worked on it. A line is known by its kind and key, so that an
-- import that comes again changes it and adds none.

CREATE TABLE project_cost (
    project_id integer NOT NULL REFERENCES project,
    kind text NOT NULL CONSTRAINT project_cost_kind_known CHECK (kind IN ('budget', 'committed', 'actual', 'payment')),
    key text NOT NULL,
    day date NOT NULL,
    code text NOT NULL DEFAULT '',
    amount numeric(16, 2) NOT NULL,
    said text NOT NULL DEFAULT '',
    imported_at timestamptz NOT NULL,
    imported_by text NOT NULL,
    PRIMARY KEY (project_id, kind, key)
);

CREATE TABLE project_labour (
    project_id integer NOT NULL REFERENCES project,
    person text NOT NULL,
    trade text NOT NULL,
    month date NOT NULL CONSTRAINT project_labour_month_is_its_first_day CHECK (extract(day FROM month) = 1),
    days numeric(7, 2) NOT NULL CONSTRAINT project_labour_days_are_sane CHECK (days BETWEEN 0 AND 10000),
    imported_at timestamptz NOT NULL,
    imported_by text NOT NULL,
    PRIMARY KEY (project_id, person, trade, month)
);
