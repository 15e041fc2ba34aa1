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

-- name: add_many
-- Write many entries.
INSERT INTO ledger (project, seq, at, entry, previous, hash)
SELECT %(project)s, seq, at, entry, previous, hash
FROM unnest(
    %(seqs)s::bigint[], %(ats)s::timestamptz[], %(entries)s::jsonb[], %(previous)s::bytea[], %(hashes)s::bytea[]
) AS noted (seq, at, entry, previous, hash);

-- name: move_head
-- Move a project's head to its newest entry.
UPDATE ledger_head
SET seq = %(seq)s, hash = %(hash)s
WHERE project = %(project)s;

-- name: hashes
-- Every entry's hash, in order.
SELECT array_agg(hash ORDER BY seq) AS hashes
FROM ledger
WHERE project = %(project)s;

-- name: chains
-- Every chain, with how many entries it has and what was signed of it last.
SELECT h.project, h.seq AS entries, s.size AS signed, s.signed_at, c.cosigned
FROM ledger_head AS h
LEFT JOIN LATERAL (
    SELECT s.size, s.signed_at
    FROM ledger_signed_head AS s
    WHERE s.project = h.project
    ORDER BY s.signed_at DESC, s.size DESC
    LIMIT 1
) AS s ON true
LEFT JOIN LATERAL (
    SELECT max(c.size) AS cosigned
    FROM ledger_cosignature AS c
    WHERE c.project = h.project
) AS c ON true
WHERE h.seq > 0
ORDER BY h.project;

-- name: restored
-- The entries that say that a backup was restored.
SELECT seq
FROM ledger
WHERE project = %(project)s AND entry ->> 'event' = 'backup.restored'
ORDER BY seq;

-- name: keep_signed
-- Keep a signed head.
INSERT INTO ledger_signed_head (project, size, root, note, signed_at)
VALUES (%(project)s, %(size)s, %(root)s, %(note)s, %(at)s)
ON CONFLICT DO NOTHING;

-- name: newest_signed
-- The head that was signed last, with what witnesses set under it.
SELECT s.size, s.note || coalesce(
    (
        SELECT string_agg(c.line, '' ORDER BY c.taken_at, c.line)
        FROM ledger_cosignature AS c
        WHERE c.project = s.project AND c.size = s.size
    ),
    ''
) AS note
FROM ledger_signed_head AS s
WHERE s.project = %(project)s
ORDER BY s.signed_at DESC, s.size DESC
LIMIT 1;

-- name: add_cosignature
-- Keep what a witness set under a head.
INSERT INTO ledger_cosignature (project, size, line, taken_at)
VALUES (%(project)s, %(size)s, %(line)s, %(at)s)
ON CONFLICT DO NOTHING;

-- name: installation
-- What this deployment calls itself.
SELECT installation
FROM deployment;

-- name: after
-- Entries after `seq`, in order; the entry as text, so that no number loses its digits on the way.
SELECT project, seq, at, entry::text AS entry, previous, hash
FROM ledger
WHERE project = %(project)s AND seq > %(seq)s
ORDER BY seq
LIMIT %(most)s;
