-- name: add
-- Enter a person; no row where somebody signs in under that name already.
INSERT INTO person (sign_in, name, language, time_zone, mail, phone, is_demo, created_at, created_by)
VALUES (
    %(sign_in)s, %(name)s, %(language)s, %(time_zone)s, %(mail)s, %(phone)s, %(is_demo)s, %(at)s, %(by)s
)
ON CONFLICT (sign_in) DO NOTHING
RETURNING person_id::text;

-- name: people
-- Everybody, or who is named, with their roles by site, by name.
SELECT
    p.person_id::text, p.sign_in, p.name, p.language, p.time_zone, p.mail, p.phone, p.is_demo, p.issuer, p.subject,
    p.created_at, p.disabled_at,
    (
        SELECT coalesce(array_agg(coalesce(s.tag, '') ORDER BY s.tag NULLS FIRST, r.role), '{}')
        FROM person_role AS r
        LEFT JOIN site AS s USING (site_id)
        WHERE r.person_id = p.person_id AND (r.site_id IS NULL OR s.site_id IS NOT NULL)
    ) AS role_sites,
    (
        SELECT coalesce(array_agg(r.role ORDER BY s.tag NULLS FIRST, r.role), '{}')
        FROM person_role AS r
        LEFT JOIN site AS s USING (site_id)
        WHERE r.person_id = p.person_id AND (r.site_id IS NULL OR s.site_id IS NOT NULL)
    ) AS role_names,
    (
        SELECT coalesce(array_agg(t.tag ORDER BY t.tag), '{}')
        FROM team_member AS m
        JOIN team AS t USING (team_id)
        WHERE m.person_id = p.person_id
    ) AS teams
FROM person AS p
WHERE (%(person_id)s::uuid IS NULL OR p.person_id = %(person_id)s::uuid)
    AND (%(sign_in)s::text IS NULL OR p.sign_in = %(sign_in)s)
    AND (%(subject)s::text IS NULL OR (p.issuer, p.subject) = (%(issuer)s, %(subject)s))
ORDER BY p.name, p.sign_in;

-- name: has_administrator
-- Whether somebody can administer everything.
SELECT EXISTS (
    SELECT
    FROM person_role AS r
    JOIN person AS p USING (person_id)
    WHERE r.role = 'administrator' AND r.site_id IS NULL AND p.disabled_at IS NULL AND NOT p.is_demo
) AS found;

-- name: disable
-- Let a person in no more; the first to say so stays named.
UPDATE person
SET disabled_at = coalesce(disabled_at, %(at)s), disabled_by = coalesce(disabled_by, %(by)s)
WHERE person_id = %(person_id)s::uuid;

-- name: enable
-- Let a person in again.
UPDATE person
SET disabled_at = NULL, disabled_by = NULL
WHERE person_id = %(person_id)s::uuid;

-- name: bind
-- Let a person be who a provider calls by a subject.
UPDATE person
SET issuer = %(issuer)s, subject = %(subject)s
WHERE person_id = %(person_id)s::uuid;

-- name: speak
-- Keep in which language a person is answered.
UPDATE person
SET language = %(language)s
WHERE person_id = %(person_id)s::uuid;

-- name: reach
-- Keep how a person is spoken to and reached.
UPDATE person
SET language = %(language)s, time_zone = %(time_zone)s, mail = %(mail)s, phone = %(phone)s
WHERE person_id = %(person_id)s::uuid;

-- name: grant
-- Give a role at a site, or everywhere; no row where there is no such site.
INSERT INTO person_role (person_id, site_id, role, granted_at, granted_by)
SELECT %(person_id)s::uuid, s.site_id, %(role)s, %(at)s, %(by)s
FROM (
    SELECT NULL::integer AS site_id WHERE %(site)s::text IS NULL
    UNION ALL
    SELECT site_id FROM site WHERE tag = %(site)s
) AS s
ON CONFLICT ON CONSTRAINT person_role_once DO UPDATE SET granted_at = person_role.granted_at
RETURNING role;

-- name: withdraw
-- Take a role at a site, or that everywhere.
DELETE FROM person_role AS r
WHERE r.person_id = %(person_id)s::uuid AND r.role = %(role)s
    AND r.site_id IS NOT DISTINCT FROM (SELECT s.site_id FROM site AS s WHERE s.tag = %(site)s);

-- name: secret_hash
-- The hash of a person's password or PIN, where they have one and are let in.
SELECT secret_hash(%(person_id)s::uuid, %(kind)s) AS hash;

-- name: keep_secret
-- Keep a new password or PIN.
SELECT keep_secret(%(person_id)s::uuid, %(kind)s, %(hash)s, %(at)s);

-- name: lock_team
-- Let nobody else make or change a team until the transaction ends.
SELECT pg_advisory_xact_lock(hashtext('team'), hashtext(%(tag)s));

-- name: lock_person
-- Let nobody else change how a person is reached until the transaction ends.
SELECT pg_advisory_xact_lock(hashtext('person'), hashtext(%(sign_in)s));

-- name: put_team
-- Make a team, or call it otherwise.
INSERT INTO team (tag, name, name_zh, answers_for_engineering)
VALUES (%(tag)s, %(name)s, %(name_zh)s, %(answers)s)
ON CONFLICT (tag) DO UPDATE
SET name = excluded.name, name_zh = excluded.name_zh, answers_for_engineering = excluded.answers_for_engineering;

-- name: team
-- Whether there is a team.
SELECT tag
FROM team
WHERE tag = %(tag)s;

-- name: teams
-- Every team with its members, or the one of a tag.
SELECT t.tag, t.name, t.name_zh, t.answers_for_engineering,
    coalesce(array_agg(p.sign_in ORDER BY p.sign_in) FILTER (WHERE p.person_id IS NOT NULL), '{}') AS members,
    coalesce(array_agg(p.sign_in ORDER BY p.sign_in) FILTER (WHERE m.on_call), '{}') AS on_call
FROM team AS t
LEFT JOIN team_member AS m USING (team_id)
LEFT JOIN person AS p USING (person_id)
WHERE %(tag)s::text IS NULL OR t.tag = %(tag)s
GROUP BY t.team_id
ORDER BY t.tag;

-- name: join_team
-- Let a person be of a team; no row where there is no such team.
INSERT INTO team_member (team_id, person_id, on_call)
SELECT team_id, %(person_id)s::uuid, %(on_call)s
FROM team
WHERE tag = %(tag)s
ON CONFLICT (team_id, person_id) DO UPDATE SET on_call = excluded.on_call
RETURNING team_id;

-- name: leave_team
-- Let a person be of a team no more.
DELETE FROM team_member AS m
USING team AS t
WHERE t.team_id = m.team_id AND t.tag = %(tag)s AND m.person_id = %(person_id)s::uuid;
