-- name: add
-- Add a file to an order; no row where it has that very file.
INSERT INTO attachment (
    attachment_id, order_id, name, media_type, bytes, sha256, place, words, added_at, added_by
)
VALUES (
    %(attachment_id)s, %(order_id)s, %(name)s, %(media_type)s, %(bytes)s, decode(%(sha256)s, 'hex'), %(place)s,
    %(words)s, %(added_at)s, %(added_by)s
)
ON CONFLICT ON CONSTRAINT attachment_is_added_once DO NOTHING;

-- name: add_piece
-- Keep a piece of a file.
INSERT INTO attachment_piece (attachment_id, position, body)
VALUES (%(attachment_id)s, %(position)s, %(body)s);

-- name: of_order
-- The files of an order, oldest first.
SELECT
    attachment_id, name, media_type, bytes, encode(sha256, 'hex') AS sha256, place, words, added_at, added_by
FROM attachment
WHERE order_id = %(order_id)s
ORDER BY added_at, name;

-- name: get
-- One file of an order.
SELECT
    attachment_id, name, media_type, bytes, encode(sha256, 'hex') AS sha256, place, words, added_at, added_by
FROM attachment
WHERE order_id = %(order_id)s AND attachment_id = %(attachment_id)s;

-- name: piece
-- A piece of a file.
SELECT body
FROM attachment_piece
WHERE attachment_id = %(attachment_id)s AND position = %(position)s;
