-- What unknown assets are called, and which of them the register knows by now.

-- By which names telemetry may call an asset: its site and tag or, on a topic that names no site, its tag or site/tag,
-- which is read up to its first slash. `devices.find` says the same of a name that one asks for.
CREATE OR REPLACE VIEW asset_called AS
SELECT a.asset_id, name.site_tag, name.asset_tag
FROM asset AS a
JOIN site AS s USING (site_id)
CROSS JOIN LATERAL (
    VALUES (s.tag, a.tag), (NULL, a.tag), (NULL, s.tag || '/' || a.tag)
) AS name (site_tag, asset_tag)
WHERE name.site_tag IS NOT NULL OR name.asset_tag = a.tag OR strpos(s.tag, '/') = 0;

-- The names under which telemetry waits in quarantine and that mean one asset by now; what several are called means none.
CREATE OR REPLACE FUNCTION approved_strangers()
RETURNS TABLE (stranger bytea, site_tag text, asset_tag text, asset_id integer)
LANGUAGE sql
STABLE
SET search_path = public, pg_temp
AS $$
    WITH called AS MATERIALIZED (
        SELECT c.asset_id, c.site_tag, c.asset_tag, quarantine_key('', c.site_tag, c.asset_tag) AS stranger
        FROM asset_called AS c
        WHERE EXISTS (SELECT FROM quarantine_arrival)
    )
    SELECT c.stranger, c.site_tag, c.asset_tag, min(c.asset_id)
    FROM called AS c
    WHERE EXISTS (SELECT FROM quarantine_arrival AS q WHERE q.stranger = c.stranger)
    GROUP BY c.stranger, c.site_tag, c.asset_tag
    HAVING count(DISTINCT c.asset_id) = 1
$$;
