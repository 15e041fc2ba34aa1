-- name: put
-- Give a class its rules; no row where it has the same.
INSERT INTO class_order_rules AS held (class_id, rules)
SELECT class_id, %(rules)s
FROM asset_class
WHERE tag = %(class_tag)s
ON CONFLICT (class_id) DO UPDATE
SET rules = excluded.rules
WHERE held.rules <> excluded.rules
RETURNING xmax = 0 AS added;

-- name: of_class
-- The rules of a class.
SELECT r.rules
FROM class_order_rules AS r
JOIN asset_class AS c USING (class_id)
WHERE c.tag = %(class_tag)s;

-- name: of_classes
-- The rules of some classes.
SELECT c.tag, r.rules
FROM class_order_rules AS r
JOIN asset_class AS c USING (class_id)
WHERE c.tag = ANY (%(class_tags)s::text[]);
