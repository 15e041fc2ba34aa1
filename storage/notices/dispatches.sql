-- name: add
-- Plan a message; a second time changes nothing.
INSERT INTO dispatch (notice_id, revision, step, way, person, document, held, created_at, next_at)
VALUES (
    %(notice_id)s::uuid, %(revision)s, %(step)s, %(way)s, %(person)s, %(document)s, %(held)s, %(at)s, %(next_at)s
)
ON CONFLICT ON CONSTRAINT dispatch_goes_once DO NOTHING;

-- name: supersede
-- What waits for a receiver of a notice is no longer news.
UPDATE dispatch
SET state = 'superseded', ended_at = %(at)s, leased_until = NULL
WHERE notice_id = %(notice_id)s::uuid AND way = %(way)s AND person = %(person)s AND state = 'waiting'
    AND (revision, step) <> (%(revision)s, %(step)s)
    AND (leased_until IS NULL OR leased_until < %(at)s);

-- name: refresh
-- What was never tried says what is so now.
UPDATE dispatch
SET document = %(document)s
WHERE notice_id = %(notice_id)s::uuid AND state = 'waiting' AND attempts = 0;

-- name: withdraw
-- What people were still to be told of a notice, they need not be told any more.
UPDATE dispatch
SET state = 'withdrawn', ended_at = %(at)s, leased_until = NULL
WHERE notice_id = %(notice_id)s::uuid AND way <> ALL(%(but)s::text[]) AND state = 'waiting'
    AND (leased_until IS NULL OR leased_until < %(at)s);

-- name: ways_told
-- By which of these ways a notice went out, or is to.
SELECT DISTINCT way
FROM dispatch
WHERE notice_id = %(notice_id)s::uuid AND person = '' AND way = ANY(%(ways)s::text[])
ORDER BY way;

-- name: told
-- Whom a notice went out to, or is to go.
SELECT DISTINCT way, person
FROM dispatch
WHERE notice_id = %(notice_id)s::uuid;

-- name: claim
-- Take messages of a way that are due, so that nobody else sends them until the lease runs out.
UPDATE dispatch AS d
SET leased_until = %(until)s, attempts = d.attempts + 1, first_tried_at = coalesce(d.first_tried_at, %(now)s)
FROM (
    SELECT dispatch_id
    FROM dispatch
    WHERE way = %(way)s AND state = 'waiting' AND next_at <= %(now)s
        AND (leased_until IS NULL OR leased_until < %(now)s)
    ORDER BY next_at, created_at
    LIMIT %(most)s
    FOR UPDATE SKIP LOCKED
) AS due
WHERE d.dispatch_id = due.dispatch_id
RETURNING d.dispatch_id::text, d.notice_id::text, d.revision, d.step, d.way, d.person, d.document, d.state, d.held,
    d.created_at, d.next_at, d.attempts, d.first_tried_at, d.ended_at, d.said;

-- name: due_ways
-- Ways by which something is due.
SELECT DISTINCT way
FROM dispatch
WHERE state = 'waiting' AND next_at <= %(now)s AND (leased_until IS NULL OR leased_until < %(now)s);

-- name: sent
-- The receiver has it.
UPDATE dispatch
SET state = 'sent', ended_at = %(at)s, leased_until = NULL, said = %(said)s
WHERE dispatch_id = %(dispatch_id)s::uuid AND state = 'waiting';

-- name: try_again
-- It did not go out; when it is tried again.
UPDATE dispatch
SET next_at = %(next_at)s, leased_until = NULL, said = %(said)s
WHERE dispatch_id = %(dispatch_id)s::uuid AND state = 'waiting';

-- name: dead
-- It does not go out by itself any more.
UPDATE dispatch
SET state = 'dead', ended_at = %(at)s, leased_until = NULL, said = %(said)s
WHERE dispatch_id = %(dispatch_id)s::uuid AND state = 'waiting';

-- name: send_again
-- A person wants it sent again, with the same key; no row where it has not ended badly.
UPDATE dispatch
SET state = 'waiting', ended_at = NULL, next_at = %(at)s, leased_until = NULL, attempts = 0, first_tried_at = NULL,
    said = %(said)s
WHERE dispatch_id = %(dispatch_id)s::uuid AND state = 'dead'
RETURNING way;

-- name: close_way
-- Nothing goes out by a way any more: what waits for it has ended.
WITH closing AS (
    INSERT INTO closed_way (way, closed_at, because)
    VALUES (%(way)s, %(at)s, %(because)s)
    ON CONFLICT (way) DO NOTHING
)
UPDATE dispatch
SET state = 'dead', ended_at = %(at)s, leased_until = NULL, said = %(because)s
WHERE way = %(way)s AND state = 'waiting';

-- name: open_way
-- A person has mended a way.
DELETE FROM closed_way
WHERE way = %(way)s;

-- name: closed_ways
-- Ways that are closed, and why.
SELECT way, closed_at, because
FROM closed_way
ORDER BY way;

-- name: list
-- Messages with what they are about, the newest first.
SELECT
    d.dispatch_id::text, d.notice_id::text, d.revision, d.step, d.way, d.person, d.state, d.held, d.created_at,
    d.next_at, d.attempts, d.ended_at, d.said, n.site, n.subject, n.subject_id, n.team, n.severity,
    n.document -> 'title' AS title, n.document ->> 'link' AS link, n.acknowledged_at, n.acknowledged_by
FROM dispatch AS d
JOIN notice AS n USING (notice_id)
WHERE (%(state)s::text IS NULL OR d.state = %(state)s) AND (%(subject_id)s::text IS NULL OR n.subject_id = %(subject_id)s)
    AND (%(after_at)s::timestamptz IS NULL OR (d.created_at, d.dispatch_id) < (%(after_at)s, %(after_id)s::uuid))
ORDER BY d.created_at DESC, d.dispatch_id DESC
LIMIT %(most)s;

-- name: site_of
-- The site a message is about; empty where it is about every site.
SELECT n.site
FROM dispatch AS d
JOIN notice AS n USING (notice_id)
WHERE d.dispatch_id = %(dispatch_id)s::uuid;
