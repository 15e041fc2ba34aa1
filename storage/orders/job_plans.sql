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
-- The newest version of every plan, or of those for a class.
SELECT DISTINCT ON (p.tag) p.document, p.version, p.request_id
FROM job_plan AS p
LEFT JOIN asset_class AS c USING (class_id)
WHERE %(class_tag)s::text IS NULL OR c.tag IS NULL OR c.tag = %(class_tag)s
ORDER BY p.tag, p.version DESC;
