-- name: keep
-- Keep a file that was sent, with what it would change.
INSERT INTO register_upload (upload_id, site, file, kind, options, body, state, said, uploaded_at, uploaded_by)
VALUES (%(upload_id)s, %(site)s, %(file)s, %(kind)s, %(options)s, %(body)s, 'tried', %(said)s, %(at)s, %(by)s);

-- name: uploads
-- The newest files that were sent, without what they hold.
SELECT upload_id, site, file, kind, class_tag, options, state, said, uploaded_at, uploaded_by, decided_at, decided_by, decider
FROM register_upload
WHERE %(upload_id)s::uuid IS NULL OR upload_id = %(upload_id)s
ORDER BY uploaded_at DESC
LIMIT %(most)s;

-- name: body
-- What a file holds that waits, locked.
SELECT body
FROM register_upload
WHERE upload_id = %(upload_id)s AND state = 'confirmed'
FOR UPDATE;

-- name: tried_body
-- What a file holds about which nobody has decided.
SELECT body
FROM register_upload
WHERE upload_id = %(upload_id)s AND state = 'tried';

-- name: decide
-- Let a file be taken in, or dismiss it; no row where that was decided.
UPDATE register_upload
SET
    state = %(state)s, decided_at = %(at)s, decided_by = %(by)s, decider = %(decider)s,
    body = CASE WHEN %(state)s = 'confirmed' THEN body END
WHERE upload_id = %(upload_id)s AND state = 'tried'
RETURNING upload_id;

-- name: end
-- Say what came of a file that was confirmed.
UPDATE register_upload
SET state = %(state)s, said = %(said)s, body = NULL
WHERE upload_id = %(upload_id)s AND state = 'confirmed';
