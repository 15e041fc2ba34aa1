-- name: add
-- Add a task to an order, after those it has.
INSERT INTO work_order_task (order_id, position, kind, text, text_zh, unit, low, high, trade, added_at, added_by)
SELECT
    %(order_id)s, coalesce(max(position), 0) + 1, %(kind)s, %(text)s, %(text_zh)s, %(unit)s, %(low)s, %(high)s,
    %(trade)s, %(at)s, %(by)s
FROM work_order_task
WHERE order_id = %(order_id)s;

-- name: answer
-- Write down what somebody found at a task.
INSERT INTO work_order_task_answer (order_id, position, at, by, verdict, reading, note)
VALUES (%(order_id)s, %(position)s, %(at)s, %(by)s, %(verdict)s, %(reading)s, %(note)s);

-- name: decide
-- Write down what became of the order that a failed task proposes; no row where that was decided before.
INSERT INTO work_order_task_follow_up (order_id, position, raised_order_id, at, by, note)
VALUES (%(order_id)s, %(position)s, %(raised_order_id)s, %(at)s, %(by)s, %(note)s)
ON CONFLICT (order_id, position) DO NOTHING;

-- name: of_order
-- The tasks of an order, each with its newest answer.
SELECT
    t.position, t.kind, t.text, t.text_zh, t.unit, t.low, t.high, t.trade, t.added_at, t.added_by, a.at, a.by,
    a.verdict, a.reading, a.note, f.order_id IS NOT NULL AS is_decided, f.raised_order_id,
    (
        SELECT count(*)
        FROM work_order_task_answer AS every
        WHERE every.order_id = t.order_id AND every.position = t.position
    ) AS answers
FROM work_order_task AS t
LEFT JOIN LATERAL (
    SELECT *
    FROM work_order_task_answer AS one
    WHERE one.order_id = t.order_id AND one.position = t.position
    ORDER BY one.answer_id DESC
    LIMIT 1
) AS a ON true
LEFT JOIN work_order_task_follow_up AS f ON f.order_id = t.order_id AND f.position = t.position
WHERE t.order_id = %(order_id)s
ORDER BY t.position;
