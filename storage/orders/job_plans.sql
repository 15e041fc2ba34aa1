-- name: lock
-- Let nobody else keep a version of a plan until the transaction ends.
SELECT pg_advisory_xact_lock(hashtext('job_plan'), hashtext(%(tag)s));

-- name: keep
-- Keep a version of a plan.
INSERT INTO job_plan (tag, version, class_id, document, kept_at, kept_by, request_id)
VALUES (
    %(tag)s, %(version)s, (SELECT class_id FROM asset_class WHERE tag = %(class_tag)s), %(document)s, %(at)s, %(by)s,
    %(request_id)s
);

-- name: get
-- One version of a plan, or its newest.
SELECT document, version, request_id
FROM job_plan
WHERE tag = %(tag)s AND (%(version)s::integer IS NULL OR version = %(version)s)
ORDER BY version DESC
LIMIT 1;

-- name: newest
-- The newest version of every plan, or of those for a class; not of those that are retired.
SELECT DISTINCT ON (p.tag) p.document, p.version, p.request_id
FROM job_plan AS p
LEFT JOIN asset_class AS c USING (class_id)
WHERE (%(class_tag)s::text IS NULL OR c.tag IS NULL OR c.tag = %(class_tag)s)
    AND NOT EXISTS (
        SELECT FROM job_plan AS r WHERE r.tag = p.tag AND r.version >= p.version AND r.retired_at IS NOT NULL
    )
ORDER BY p.tag, p.version DESC;

-- name: retire
-- Offer a plan no more; its versions stay for the orders that have them.
UPDATE job_plan AS p
SET retired_at = %(at)s
WHERE p.tag = %(tag)s AND p.retired_at IS NULL
    AND p.version = (SELECT max(n.version) FROM job_plan AS n WHERE n.tag = p.tag);

-- name: bring_back
-- Offer a plan again that was retired.
UPDATE job_plan
SET retired_at = NULL
WHERE tag = %(tag)s AND retired_at IS NOT NULL;

-- name: used_by
-- The assets whose maintenance plans, that go on, use a job plan.
SELECT DISTINCT a.tag
FROM maintenance_plan AS m
JOIN asset AS a USING (asset_id)
WHERE m.is_active AND a.retired_at IS NULL AND m.document ->> 'job_plan' = %(tag)s
ORDER BY a.tag;
