-- How each asset was, over time.

-- Note what changed since the last look, and end what is said of assets that were retired; return how many changed.
CREATE OR REPLACE FUNCTION note_health(p_now timestamptz)
RETURNS bigint
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    v_noted bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('assetloop.note_health'));
    UPDATE health_span AS s
    SET until = p_now
    WHERE s.until IS NULL
        AND s.since < p_now
        AND NOT EXISTS (SELECT FROM watch.health AS h WHERE h.asset_id = s.asset_id AND h.word = s.word);
    INSERT INTO health_span (asset_id, since, word)
    SELECT h.asset_id, p_now, h.word
    FROM watch.health AS h
    WHERE NOT EXISTS (SELECT FROM health_span AS s WHERE s.asset_id = h.asset_id AND s.until IS NULL)
    ON CONFLICT (asset_id, since) DO NOTHING;
    GET DIAGNOSTICS v_noted = ROW_COUNT;
    DELETE FROM health_span AS s
    WHERE coalesce(s.until, 'infinity'::timestamptz) < p_now - (SELECT keep_scores FROM upkeep);
    RETURN v_noted;
END
$$;

-- From when to when an asset was how; `until` is infinity while it lasts.
CREATE VIEW watch.health_span AS
SELECT
    a.asset_id, a.site, a.area, a.asset, a.label, s.since, coalesce(s.until, 'infinity'::timestamptz) AS until, s.word,
    health_rank(s.word) AS rank
FROM watch.asset AS a
JOIN health_span AS s USING (asset_id);
