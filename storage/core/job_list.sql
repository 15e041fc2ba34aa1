-- name: jobs
-- Jobs, the newest first.
SELECT
    j.id AS job_id, j.task_name AS task, j.queue_name AS queue, w.state, j.attempts, e.enqueued_at, e.since,
    j.scheduled_at AS next_at
FROM procrastinate_jobs AS j
CROSS JOIN LATERAL (
    SELECT CASE j.status WHEN 'todo' THEN 'waiting' WHEN 'doing' THEN 'running' WHEN 'failed' THEN 'failed' ELSE 'cancelled' END AS state
) AS w
LEFT JOIN LATERAL (
    SELECT min(at) AS enqueued_at, max(at) AS since
    FROM procrastinate_events
    WHERE job_id = j.id
) AS e ON true
WHERE j.status <> 'succeeded'
    AND (%(state)s::text IS NULL OR w.state = %(state)s)
    AND (%(job_id)s::bigint IS NULL OR j.id = %(job_id)s)
    AND (%(after)s::bigint IS NULL OR j.id < %(after)s)
ORDER BY j.id DESC
LIMIT %(most)s;

-- name: lock
-- A job that has failed, locked.
SELECT id
FROM procrastinate_jobs
WHERE id = %(job_id)s AND status = 'failed'
FOR UPDATE;

-- name: same_waits
-- A job that waits and may not wait beside this one.
SELECT other.id
FROM procrastinate_jobs AS j
JOIN procrastinate_jobs AS other ON other.queueing_lock = j.queueing_lock AND other.status = 'todo'
WHERE j.id = %(job_id)s
LIMIT 1;

-- name: again
-- Let a failed job wait for a worker again.
SELECT procrastinate_retry_job_v2(%(job_id)s, %(at)s, NULL, NULL, NULL);
