-- name: begin
-- Give a project its head, once.
INSERT INTO ledger_head (project, seq, hash)
VALUES (%(project)s, 0, %(hash)s)
ON CONFLICT (project) DO NOTHING;

-- name: lock_head
-- Lock a project's head: one append at a time.
SELECT seq, hash
FROM ledger_head
WHERE project = %(project)s
FOR UPDATE;

-- name: head
-- A project's head.
SELECT seq, hash
FROM ledger_head
WHERE project = %(project)s;

-- name: add
-- Write one entry.
INSERT INTO ledger (project, seq, at, entry, previous, hash)
VALUES (%(project)s, %(seq)s, %(at)s, %(entry)s, %(previous)s, %(hash)s);

-- name: move_head
-- Move a project's head to its newest entry.
UPDATE ledger_head
SET seq = %(seq)s, hash = %(hash)s
WHERE project = %(project)s;

-- name: after
-- Entries after `seq`, in order; the entry as text, so that no number loses its digits on the way.
SELECT project, seq, at, entry::text AS entry, previous, hash
FROM ledger
WHERE project = %(project)s AND seq > %(seq)s
ORDER BY seq
LIMIT %(most)s;
