-- name: grade
-- The grade of the database, as the last migrate found it.
SELECT grade
FROM deployment;

-- name: touched_hours
-- The hours that wait to be rolled up, the newest first.
SELECT hour
FROM touched_hours();

-- name: roll_up
-- Roll up what the notes of one hour name.
SELECT roll_up(%(hour)s) AS notes;

-- name: copy_merged
-- Copy what was stored of one merged signal to the other; null where there is nothing to do.
SELECT copy_merged(%(now)s) AS readings;

-- name: fold_delivery
-- Fold the delivery record.
SELECT fold_delivery(%(now)s) AS folded;

-- name: thin_scores
-- Thin old scores, a day of data time a call.
SELECT thin_scores(%(now)s) AS gone;

-- name: drop_expired
-- Drop the oldest partition whose rows have all expired.
SELECT drop_expired(%(now)s) AS name;

-- name: drop_expired_conflicts
-- Forget conflicts older than the readings they differed from.
SELECT drop_expired_conflicts(%(now)s) AS gone;

-- name: drop_expired_quarantine
-- Let go of some of what has been in quarantine for too long.
SELECT reason, messages, readings
FROM drop_expired_quarantine(%(now)s, %(most)s);

-- name: drop_expired_remaining
-- Delete old estimates of remaining life, and old wear.
SELECT drop_expired_remaining(%(now)s) AS gone;

-- name: drop_expired_sign_ins
-- Delete old attempts to sign in, and what was valid once and is over.
SELECT drop_expired_sign_ins(%(now)s) AS gone;

-- name: prepare_partitions
-- Make the partitions of the next weeks.
SELECT prepare_partitions(%(now)s) AS made;

-- name: oldest_note
-- How long the oldest note has been waiting, in seconds; null where none waits.
SELECT extract(epoch FROM clock_timestamp() - min(noted_at))::double precision AS age_s
FROM touched;

-- name: failing_tasks
-- The upkeep of the job queue that failed and has not been done since. The queue forgets what succeeded.
SELECT last.task_name AS job, 'it was given up after ' || last.attempts || ' attempts' AS says
FROM (
    SELECT DISTINCT ON (j.task_name) j.task_name, j.attempts, e.at
    FROM procrastinate_jobs AS j
    LEFT JOIN procrastinate_events AS e ON e.job_id = j.id AND e.type = 'failed'
    WHERE j.task_name = ANY (%(tasks)s) AND j.status = 'failed'
    ORDER BY j.task_name, j.id DESC
) AS last
LEFT JOIN upkeep_done AS done ON done.task = last.task_name
WHERE done.at IS NULL OR last.at > done.at
ORDER BY last.task_name;

-- name: note_done
-- Remember that a task of upkeep was done.
INSERT INTO upkeep_done (task, at)
VALUES (%(task)s, clock_timestamp())
ON CONFLICT (task) DO UPDATE SET at = excluded.at;

-- name: failing_jobs
-- The jobs at TimescaleDB's scheduler whose last run failed.
SELECT job, says
FROM failing_jobs();

-- name: note_health
-- Note what has changed of how assets are.
SELECT note_health(%(now)s) AS noted;

-- name: keep_figures
-- Make the figures by month anew.
SELECT keep_figures(%(now)s) + keep_goals(%(now)s) AS kept;

-- name: drop_expired_messages
-- Delete messages that ended long ago.
SELECT drop_expired_messages(%(now)s) AS gone;
