-- name: answer_of
-- What was answered to a request.
SELECT answer
FROM control_room_request
WHERE request_id = %(request_id)s;

-- name: keep
-- Keep what was answered.
INSERT INTO control_room_request (request_id, alert_id, at, answer)
VALUES (%(request_id)s, %(alert_id)s, %(at)s, %(answer)s);

-- name: forget
-- Forget answers that nobody asks for again.
DELETE FROM control_room_request
WHERE at < %(before)s;
