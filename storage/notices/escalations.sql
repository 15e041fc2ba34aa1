-- name: unplanned
-- Notices with a revision that nobody has planned for, the oldest first.
SELECT notice_id::text
FROM notice
WHERE planned_revision < revision
ORDER BY changed_at, notice_id
LIMIT %(most)s;

-- name: lock_unplanned
-- One of them, locked; no row where another process has it or has planned it.
SELECT *
FROM notice
WHERE notice_id = %(notice_id)s::uuid AND planned_revision < revision
FOR UPDATE SKIP LOCKED;

-- name: planned
-- Say up to which revision a notice has been planned for.
UPDATE notice
SET planned_revision = revision
WHERE notice_id = %(notice_id)s::uuid;

-- name: escalate_from
-- Say which step of a plan comes next for a notice, and when; what was there before is over.
INSERT INTO escalation (notice_id, revision, plan, next_step, due_at)
VALUES (%(notice_id)s::uuid, %(revision)s, %(plan)s, %(next_step)s, %(due_at)s)
ON CONFLICT (notice_id, plan) DO UPDATE
SET revision = excluded.revision, next_step = excluded.next_step, due_at = excluded.due_at;

-- name: stop_escalation
-- No step comes any more, of one plan or of all.
UPDATE escalation
SET due_at = NULL
WHERE notice_id = %(notice_id)s::uuid AND due_at IS NOT NULL AND (%(plan)s::text IS NULL OR plan = %(plan)s);

-- name: plans
-- The plans by which people are told of a notice, or were.
SELECT plan
FROM escalation
WHERE notice_id = %(notice_id)s::uuid;

-- name: due_escalations
-- Notices of which a step is due, the oldest first.
SELECT notice_id::text
FROM escalation
WHERE due_at <= %(now)s AND paused_since IS NULL
ORDER BY due_at, notice_id
LIMIT %(most)s;

-- name: lock_escalation
-- The step that is due, locked; no row where another process has it or has taken it.
SELECT e.notice_id::text, e.revision, e.plan, e.next_step, e.due_at
FROM escalation AS e
WHERE e.notice_id = %(notice_id)s::uuid AND e.due_at <= %(now)s AND e.paused_since IS NULL
ORDER BY e.due_at, e.plan
LIMIT 1
FOR UPDATE SKIP LOCKED;

-- name: pause
-- A question holds the clock of a thing's escalations.
UPDATE escalation AS e
SET paused_since = %(at)s
FROM notice AS n
WHERE n.notice_id = e.notice_id AND n.subject = %(subject)s AND n.subject_id = %(subject_id)s
    AND e.paused_since IS NULL;

-- name: resume
-- The question is answered: the clock goes on from where it was held.
UPDATE escalation AS e
SET due_at = e.due_at + (%(at)s - e.paused_since), paused_since = NULL
FROM notice AS n
WHERE n.notice_id = e.notice_id AND n.subject = %(subject)s AND n.subject_id = %(subject_id)s
    AND e.paused_since IS NOT NULL;
