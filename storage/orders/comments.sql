-- name: add
-- Write down what somebody said about an order.
INSERT INTO work_order_comment (order_id, at, by, said)
VALUES (%(order_id)s, %(at)s, %(by)s, %(said)s);

-- name: of_order
-- What was said about an order, oldest first.
SELECT comment_id, at, by, said
FROM work_order_comment
WHERE order_id = %(order_id)s
ORDER BY comment_id;
