-- name: key
-- The key with which links and tokens for answers are signed.
SELECT key
FROM answer_key;

-- name: add
-- Keep an answer; no row where its token was used before.
INSERT INTO engineering_answer (
    order_id, revision, team, kind, planned_on, said, way, token_id, answered_by, answered_at
)
VALUES (
    %(order_id)s, %(revision)s, %(team)s, %(kind)s, %(planned_on)s, %(said)s, %(way)s, %(token_id)s::uuid,
    %(answered_by)s, %(answered_at)s
)
ON CONFLICT (token_id) DO NOTHING
RETURNING answer_id;

-- name: of_order
-- What engineering answered to an order, oldest first.
SELECT order_id, revision, team, kind, planned_on, said, way, token_id::text, answered_by, answered_at, settled_at,
    settled_by, settled_said
FROM engineering_answer
WHERE order_id = %(order_id)s
ORDER BY answer_id;

-- name: used
-- Whether a token was used.
SELECT EXISTS (SELECT FROM engineering_answer WHERE token_id = %(token_id)s::uuid) AS used;

-- name: settle
-- Answer the question that is open; since when it was.
UPDATE engineering_answer
SET settled_at = %(at)s, settled_by = %(by)s, settled_said = %(said)s
WHERE order_id = %(order_id)s AND kind = 'ask' AND settled_at IS NULL
RETURNING answered_at;

-- name: answers_for
-- Whether a team answers for engineering.
SELECT answers_for_engineering AS answers
FROM team
WHERE tag = %(team)s;

-- name: given_with
-- The answer that was given with a token.
SELECT kind, revision, planned_on, said
FROM engineering_answer
WHERE token_id = %(token_id)s::uuid;

-- name: listen
-- Be the one who listens for replies, for a while; no row where another process does.
INSERT INTO reply_listener AS r (holder, until)
VALUES (%(holder)s, %(until)s)
ON CONFLICT (only_row) DO UPDATE SET holder = excluded.holder, until = excluded.until
WHERE r.holder = excluded.holder OR r.until < %(now)s
RETURNING holder;
