-- name: put
-- Say what was thought through for a class and kind; no row where it says so already.
INSERT INTO rationalisation AS held (
    class_id, kind, priority, respond_within_s, cause, cause_zh, consequence, consequence_zh, action, action_zh,
    on_delay_s, off_delay_s, deadband, shelve_most_hours
)
SELECT
    c.class_id, %(kind)s, %(priority)s, %(respond_within_s)s, %(cause)s, %(cause_zh)s, %(consequence)s,
    %(consequence_zh)s, %(action)s, %(action_zh)s, %(on_delay_s)s, %(off_delay_s)s, %(deadband)s, %(shelve_most_hours)s
FROM asset_class AS c
WHERE c.tag = %(class_tag)s
ON CONFLICT (class_id, kind) DO UPDATE
SET
    priority = excluded.priority, respond_within_s = excluded.respond_within_s, cause = excluded.cause,
    cause_zh = excluded.cause_zh, consequence = excluded.consequence, consequence_zh = excluded.consequence_zh,
    action = excluded.action, action_zh = excluded.action_zh, on_delay_s = excluded.on_delay_s,
    off_delay_s = excluded.off_delay_s, deadband = excluded.deadband,
    shelve_most_hours = excluded.shelve_most_hours
WHERE (held.*) IS DISTINCT FROM (excluded.*)
RETURNING xmax = 0 AS is_new;

-- name: lock
-- Let nobody else say anything for a class and kind until the transaction ends.
SELECT pg_advisory_xact_lock(hashtext('rationalisation'), hashtext(%(named)s));

-- name: all
-- Every rationalisation, by class and kind.
SELECT
    c.tag AS class_tag, r.kind, r.priority, r.respond_within_s, r.cause, r.cause_zh, r.consequence, r.consequence_zh,
    r.action, r.action_zh, r.on_delay_s, r.off_delay_s, r.deadband, r.shelve_most_hours
FROM rationalisation AS r
JOIN asset_class AS c USING (class_id)
ORDER BY c.tag, r.kind;

-- name: of_assets
-- What was thought through for the classes of some assets.
SELECT
    a.asset_id, c.tag AS class_tag, r.kind, r.priority, r.respond_within_s, r.cause, r.cause_zh, r.consequence,
    r.consequence_zh, r.action, r.action_zh, r.on_delay_s, r.off_delay_s, r.deadband, r.shelve_most_hours
FROM asset AS a
JOIN asset_class AS c USING (class_id)
JOIN rationalisation AS r USING (class_id)
WHERE a.asset_id = ANY (%(asset_ids)s::integer[]);
