-- The job library: what is to be done in a job, by class of equipment, each version kept. An order's tasks are copied from
-- the version it was given, so that a plan that changes changes no order. What was answered to a task is only ever added.

CREATE TABLE job_plan (
    tag text NOT NULL,
    version integer NOT NULL,
    class_id integer REFERENCES asset_class,
    document jsonb NOT NULL,
    kept_at timestamptz NOT NULL,
    kept_by text NOT NULL,
    PRIMARY KEY (tag, version)
);

ALTER TABLE work_order
    ADD CONSTRAINT work_order_job_plan_is_known FOREIGN KEY (job_plan, job_plan_version) REFERENCES job_plan;

CREATE TABLE work_order_task (
    order_id integer NOT NULL REFERENCES work_order,
    position integer NOT NULL,
    kind text NOT NULL CONSTRAINT work_order_task_kind_known CHECK (kind IN ('do', 'check', 'reading')),
    text text NOT NULL,
    text_zh text NOT NULL DEFAULT '',
    unit text NOT NULL DEFAULT '',
    low double precision,
    high double precision,
    trade text NOT NULL DEFAULT '',
    added_at timestamptz NOT NULL,
    added_by text NOT NULL,
    PRIMARY KEY (order_id, position)
);

CREATE TABLE work_order_task_answer (
    answer_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id integer NOT NULL,
    position integer NOT NULL,
    at timestamptz NOT NULL,
    by text NOT NULL,
    verdict text NOT NULL CONSTRAINT work_order_task_verdict_known CHECK (verdict IN ('pass', 'fail', 'skipped')),
    reading double precision,
    note text NOT NULL DEFAULT '',
    recognised text NOT NULL DEFAULT coalesce(nullif(current_setting('assetloop.recognised', true), ''), 'process'),
    CONSTRAINT work_order_task_answer_of_a_task FOREIGN KEY (order_id, position) REFERENCES work_order_task
);
CREATE INDEX work_order_task_answer_of_task ON work_order_task_answer (order_id, position);

-- What became of the order that a failed task proposes: raised, or dismissed where there is none.
CREATE TABLE work_order_task_follow_up (
    order_id integer NOT NULL,
    position integer NOT NULL,
    raised_order_id integer REFERENCES work_order,
    at timestamptz NOT NULL,
    by text NOT NULL,
    note text NOT NULL DEFAULT '',
    PRIMARY KEY (order_id, position),
    CONSTRAINT work_order_task_follow_up_of_a_task FOREIGN KEY (order_id, position) REFERENCES work_order_task
);
