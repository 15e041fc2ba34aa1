-- What processes report of their own troubles, and when each task of upkeep was last done.

-- A process makes its row when it starts, and while it has troubles writes it anew every second; a row that is not written
-- anew counts no more. It is one row that is only ever updated: on a full disk a table cannot grow, but that goes on.
CREATE TABLE process_report (
    holder text PRIMARY KEY,
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    faults jsonb NOT NULL
);

-- Jobs that succeeded are deleted from the queue, those that failed are kept: this tells which of the two came last.
CREATE TABLE upkeep_done (
    task text PRIMARY KEY,
    at timestamptz NOT NULL
);
