-- name: contacts
-- Everybody who is let in, with the sites they see, their teams, and how they narrow what reaches them.
SELECT
    p.sign_in, p.name, p.language, p.time_zone, p.mail,
    coalesce(f.at_least, 'INDETERMINATE') AS at_least, f.areas, coalesce(f.hours, '') AS hours,
    (
        SELECT coalesce(array_agg(coalesce(s.tag, '') || ' ' || r.role), '{}')
        FROM person_role AS r
        LEFT JOIN site AS s USING (site_id)
        WHERE r.person_id = p.person_id
    ) AS roles,
    (
        SELECT coalesce(array_agg(t.tag), '{}')
        FROM team_member AS m
        JOIN team AS t USING (team_id)
        WHERE m.person_id = p.person_id
    ) AS teams,
    (
        SELECT coalesce(array_agg(t.tag), '{}')
        FROM team_member AS m
        JOIN team AS t USING (team_id)
        WHERE m.person_id = p.person_id AND m.on_call
    ) AS on_call
FROM person AS p
LEFT JOIN notice_preference AS f USING (person_id)
WHERE p.disabled_at IS NULL
ORDER BY p.sign_in;

-- name: preference
-- How a person narrows what reaches them.
SELECT at_least, areas, hours
FROM notice_preference
WHERE person_id = %(person_id)s::uuid;

-- name: lock_preference
-- Let nobody else narrow what reaches a person until the transaction ends.
SELECT pg_advisory_xact_lock(hashtext('notice_preference'), hashtext(%(person_id)s));

-- name: prefer
-- Keep how a person narrows what reaches them.
INSERT INTO notice_preference (person_id, at_least, areas, hours, changed_at)
VALUES (%(person_id)s::uuid, %(at_least)s, %(areas)s, %(hours)s, %(at)s)
ON CONFLICT (person_id) DO UPDATE
SET at_least = excluded.at_least, areas = excluded.areas, hours = excluded.hours, changed_at = excluded.changed_at;

-- name: roster
-- The last good copy of a roster.
SELECT body, fetched_at, tried_at, error
FROM roster
WHERE url = %(url)s;

-- name: keep_roster
-- Keep what was fetched of a roster; where that failed the copy before stays.
INSERT INTO roster AS r (url, body, fetched_at, tried_at, error)
VALUES (%(url)s, %(body)s, CASE WHEN %(body)s::bytea IS NOT NULL THEN %(at)s::timestamptz END, %(at)s, %(error)s)
ON CONFLICT (url) DO UPDATE
SET body = coalesce(excluded.body, r.body), fetched_at = coalesce(excluded.fetched_at, r.fetched_at),
    tried_at = excluded.tried_at, error = excluded.error;
