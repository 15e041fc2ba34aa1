-- name: add
-- Keep a lesson at its site; no row where its order has taught one already.
INSERT INTO lesson (
    lesson_id, site_id, class_id, order_id, failure_mode, signals, seen, cause, helped, kept_at, kept_by, changed_at,
    changed_by
)
SELECT
    %(lesson_id)s, s.site_id, c.class_id, %(order_id)s, %(failure_mode)s, %(signals)s, %(seen)s, %(cause)s, %(helped)s,
    %(at)s, %(by)s, %(at)s, %(by)s
FROM site AS s
CROSS JOIN asset_class AS c
WHERE s.tag = %(site)s AND c.tag = %(asset_class)s
ON CONFLICT ON CONSTRAINT lesson_one_an_order DO NOTHING;

-- name: revise
-- Write a lesson anew, from the revision before; no row where somebody else was first.
UPDATE lesson
SET
    failure_mode = %(failure_mode)s, signals = %(signals)s, seen = %(seen)s, cause = %(cause)s, helped = %(helped)s,
    changed_at = %(at)s, changed_by = %(by)s, revision = revision + 1,
    withdrawn_at = CASE WHEN %(withdrawn)s THEN %(at)s END
WHERE lesson_id = %(lesson_id)s AND revision = %(revision)s;

-- name: add_revision
-- Keep the wording that a lesson has now.
INSERT INTO lesson_revision (lesson_id, revision, at, by, failure_mode, signals, seen, cause, helped, is_withdrawn)
SELECT lesson_id, revision, changed_at, changed_by, failure_mode, signals, seen, cause, helped, withdrawn_at IS NOT NULL
FROM lesson
WHERE lesson_id = %(lesson_id)s;

-- name: get
-- One lesson.
SELECT *
FROM lesson_at_asset
WHERE lesson_id = %(lesson_id)s;

-- name: of_order
-- The lesson an order has taught.
SELECT lesson_id
FROM lesson
WHERE order_id = %(order_id)s;

-- name: list
-- Lessons that stand, the newest first; of one class, or of every one.
SELECT *
FROM lesson_at_asset
WHERE withdrawn_at IS NULL AND (%(asset_class)s::text IS NULL OR asset_class = %(asset_class)s)
    AND (%(after_at)s::timestamptz IS NULL OR (changed_at, lesson_id) < (%(after_at)s, %(after_id)s::uuid))
ORDER BY changed_at DESC, lesson_id DESC
LIMIT %(most)s;

-- name: revisions
-- Every wording a lesson has had, oldest first.
SELECT revision, at, by, failure_mode, signals, seen, cause, helped, is_withdrawn
FROM lesson_revision
WHERE lesson_id = %(lesson_id)s
ORDER BY revision;
