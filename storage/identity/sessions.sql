-- name: open
-- Begin a session.
INSERT INTO person_session (sha256, person_id, opened_by, recognition, is_shared, began_at, ends_at, address)
VALUES (
    %(sha256)s, %(person_id)s::uuid, %(person_id)s::uuid, %(recognition)s, %(is_shared)s, %(at)s, %(ends_at)s,
    %(address)s
);

-- name: find
-- A session that has not ended, of a person who is let in.
SELECT s.person_id::text, s.opened_by::text, s.recognition, s.is_shared, s.ends_at
FROM person_session AS s
JOIN person AS p USING (person_id)
JOIN person AS o ON o.person_id = s.opened_by
WHERE s.sha256 = %(sha256)s AND s.ended_at IS NULL AND s.ends_at > %(at)s
    AND p.disabled_at IS NULL AND o.disabled_at IS NULL;

-- name: change_person
-- Let somebody else be who acts in a session.
UPDATE person_session
SET person_id = %(person_id)s::uuid, recognition = %(recognition)s, is_shared = true
WHERE sha256 = %(sha256)s AND ended_at IS NULL;

-- name: end
-- End a session.
UPDATE person_session
SET ended_at = %(at)s, ended_because = %(because)s
WHERE sha256 = %(sha256)s AND ended_at IS NULL;

-- name: end_all_of
-- End every session that a person opened or acts in.
UPDATE person_session
SET ended_at = %(at)s, ended_because = %(because)s
WHERE (person_id = %(person_id)s::uuid OR opened_by = %(person_id)s::uuid) AND ended_at IS NULL;
