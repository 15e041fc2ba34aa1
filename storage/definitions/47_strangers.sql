-- What unknown assets are called, and which of them the register knows by now.

-- By which names telemetry may call an asset: its site and tag or, on a topic that names no site, its tag or site/tag,
-- which is read up to its first slash; one that was merged means the other. `devices.find` says the same of a name.
CREATE OR REPLACE VIEW asset_called AS
SELECT coalesce(a.merged_into, a.asset_id) AS asset_id, name.site_tag, name.asset_tag
FROM asset AS a
JOIN site AS s USING (site_id)
CROSS JOIN LATERAL (
    VALUES (s.tag, a.tag), (NULL, a.tag), (NULL, s.tag || '/' || a.tag)
) AS name (site_tag, asset_tag)
WHERE name.site_tag IS NOT NULL OR name.asset_tag = a.tag OR strpos(s.tag, '/') = 0;

-- Dismiss an unknown asset: what is held of it becomes one entry a topic, with its counts, and so does what it says from
-- now on, until the register knows it. Return how much was held.
CREATE OR REPLACE FUNCTION dismiss_stranger(p_site text, p_asset text, p_by text, p_at timestamptz)
RETURNS TABLE (messages bigint, readings bigint)
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_stranger bytea := quarantine_key('', p_site, p_asset);
BEGIN
    INSERT INTO dismissed_stranger (stranger, site_tag, asset_tag, dismissed_by, dismissed_at)
    VALUES (v_stranger, p_site, p_asset, p_by, p_at)
    ON CONFLICT DO NOTHING;
    RETURN QUERY
    WITH gone AS (
        DELETE FROM quarantine
        WHERE reason = 'unknown_asset'
            AND site_tag IS NOT DISTINCT FROM p_site
            AND asset_tag = p_asset
        RETURNING *
    ),
    kept AS (
        INSERT INTO quarantine AS held (
            topic, sha256, reason, detail, site_tag, asset_tag, payload, length, first_seen, last_seen, count, readings
        )
        SELECT
            topic, v_stranger, 'dismissed_asset', (array_agg(detail ORDER BY first_seen, quarantine_id))[1],
            p_site, p_asset, (array_agg(payload ORDER BY first_seen, quarantine_id))[1],
            (array_agg(length ORDER BY first_seen, quarantine_id))[1],
            min(first_seen), max(last_seen), sum(count), sum(readings)
        FROM gone
        GROUP BY topic
        ON CONFLICT (quarantine_sample(reason, sha256, signal_key), reason, quarantine_key(topic, site_tag, asset_tag))
        DO UPDATE SET
            count = held.count + excluded.count,
            readings = held.readings + excluded.readings,
            last_seen = greatest(held.last_seen, excluded.last_seen)
    )
    SELECT coalesce(sum(count), 0)::bigint, coalesce(sum(readings), 0)::bigint FROM gone;
END
$$;

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
