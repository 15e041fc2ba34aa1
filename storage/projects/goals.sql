-- name: propose
-- Propose a goal.
INSERT INTO project_goal (project_id, measure, target, proposed_at, proposed_by)
VALUES (%(project_id)s, %(measure)s, %(target)s, %(at)s, %(by)s)
RETURNING goal_id;

-- name: agree_engineering
-- Let engineering agree to a goal, once.
UPDATE project_goal
SET engineering_at = %(at)s, engineering_by = %(by)s
WHERE project_id = %(project_id)s AND goal_id = %(goal_id)s AND engineering_at IS NULL
RETURNING goal_id;

-- name: agree_operations
-- Let operations agree to a goal, once.
UPDATE project_goal
SET operations_at = %(at)s, operations_by = %(by)s
WHERE project_id = %(project_id)s AND goal_id = %(goal_id)s AND operations_at IS NULL
RETURNING goal_id;

-- name: newest
-- The newest goal of each measure, whether both sides have agreed to it or not.
SELECT DISTINCT ON (measure) goal_id, measure, target, proposed_at, proposed_by, engineering_by, operations_by
FROM project_goal
WHERE project_id = %(project_id)s
ORDER BY measure, goal_id DESC;

-- name: one
-- A goal of a project.
SELECT goal_id, measure, target, proposed_at, proposed_by, engineering_by, operations_by
FROM project_goal
WHERE project_id = %(project_id)s AND goal_id = %(goal_id)s;

-- name: standing
-- The goals that both sides agreed to, with what is reached.
SELECT measure, target, currency, actual, before, is_met, trend
FROM project_goals(%(project_id)s, %(at)s);
