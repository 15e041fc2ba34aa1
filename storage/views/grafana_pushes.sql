-- name: kept
-- What was last put into a Grafana.
SELECT uid, ours, theirs
FROM grafana_push
WHERE url = %(url)s
ORDER BY uid;

-- name: keep
-- Remember what was put there, and how it was given back.
INSERT INTO grafana_push (url, uid, ours, theirs, pushed_at)
VALUES (%(url)s, %(uid)s, %(ours)s, %(theirs)s, %(at)s)
ON CONFLICT (url, uid) DO UPDATE
SET ours = excluded.ours, theirs = excluded.theirs, pushed_at = excluded.pushed_at;

-- name: forget
-- Forget what is not there any more.
DELETE FROM grafana_push
WHERE url = %(url)s AND uid = %(uid)s;
