-- name: append
-- Enter what is given, in order, and move the head with it.
SELECT seq, hash
FROM append_to_ledger(%(project)s, %(ats)s::timestamptz[], %(entries)s::text[]);

-- name: head
-- A project's head.
SELECT seq, hash
FROM ledger_head
WHERE project = %(project)s;

-- name: projects
-- Every chain that has a head or an entry.
WITH RECURSIVE found AS (
    (SELECT project FROM ledger ORDER BY project LIMIT 1)
    UNION ALL
    SELECT (SELECT l.project FROM ledger AS l WHERE l.project > found.project ORDER BY l.project LIMIT 1)
    FROM found
    WHERE found.project IS NOT NULL
)
SELECT project
FROM found
WHERE project IS NOT NULL
UNION
SELECT project
FROM ledger_head
ORDER BY project;

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
-- Entries after `seq`, in order; the entry as text, so that no number loses its digits on the way. A time that no entry
-- can have been made at reads as the year 1.
SELECT
    project, seq, entry::text AS entry, previous, hash,
    CASE WHEN at BETWEEN '0002-01-01' AND '9998-12-31' THEN at ELSE '0001-01-01 00:00:00+00' END AS at
FROM ledger
WHERE project = %(project)s AND seq > %(seq)s
ORDER BY seq
LIMIT %(most)s;
