-- name: put
-- Keep a line of cost; no row where it says this already.
INSERT INTO project_cost AS c (project_id, kind, key, day, code, amount, said, imported_at, imported_by)
VALUES (
    %(project_id)s, %(kind)s, %(key)s, %(day)s, %(code)s, %(amount)s, %(said)s, %(at)s, %(by)s
)
ON CONFLICT (project_id, kind, key) DO UPDATE
SET day = excluded.day, code = excluded.code, amount = excluded.amount, said = excluded.said,
    imported_at = excluded.imported_at, imported_by = excluded.imported_by
WHERE (c.day, c.code, c.amount, c.said) IS DISTINCT FROM (excluded.day, excluded.code, excluded.amount, excluded.said)
RETURNING c.xmax = 0 AS is_new;

-- name: put_labour
-- Keep the days that a person worked in a trade and month; no row where it says this already.
INSERT INTO project_labour AS l (project_id, person, trade, month, days, imported_at, imported_by)
VALUES (%(project_id)s, %(person)s, %(trade)s, %(month)s, %(days)s, %(at)s, %(by)s)
ON CONFLICT (project_id, person, trade, month) DO UPDATE
SET days = excluded.days, imported_at = excluded.imported_at, imported_by = excluded.imported_by
WHERE l.days IS DISTINCT FROM excluded.days
RETURNING l.xmax = 0 AS is_new;

-- name: costs
-- Every line of cost of a project.
SELECT kind, key, day, code, amount, said
FROM project_cost
WHERE project_id = %(project_id)s
ORDER BY day, kind, key;

-- name: labour
-- The days that people worked on a project.
SELECT person, trade, month, days
FROM project_labour
WHERE project_id = %(project_id)s
ORDER BY month, trade, person;
