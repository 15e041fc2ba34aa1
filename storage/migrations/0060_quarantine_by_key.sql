-- Quarantine keeps one entry a topic, key and reason, with a count and a sample, where it kept one a payload.
-- Two are apart by their payload only where each of them may still be stored: those of an unknown asset, which wait for
-- its approval, and those that the database refused.

ALTER TABLE quarantine ADD COLUMN signal_key text NOT NULL DEFAULT '';

CREATE FUNCTION quarantine_sample(p_reason text, p_sha256 bytea, p_signal_key text)
RETURNS bytea
LANGUAGE sql
IMMUTABLE
AS $$
    SELECT CASE
        WHEN p_reason IN ('unknown_asset', 'refused_by_database') THEN p_sha256
        ELSE sha256(convert_to(p_signal_key, 'UTF8'))
    END
$$;

DROP INDEX quarantine_is_unique;
WITH alike AS (
    SELECT
        min(quarantine_id) AS kept, array_agg(quarantine_id) AS entries, sum(count) AS count, sum(readings) AS readings,
        min(first_seen) AS first_seen, max(last_seen) AS last_seen
    FROM quarantine
    GROUP BY reason, quarantine_key(topic, site_tag, asset_tag), quarantine_sample(reason, sha256, signal_key)
    HAVING count(*) > 1
),
joined AS (
    UPDATE quarantine AS held
    SET
        count = alike.count,
        readings = alike.readings,
        first_seen = alike.first_seen,
        last_seen = alike.last_seen
    FROM alike
    WHERE held.quarantine_id = alike.kept
)
DELETE FROM quarantine AS gone
USING alike
WHERE gone.quarantine_id = ANY (alike.entries) AND gone.quarantine_id <> alike.kept;

CREATE UNIQUE INDEX quarantine_is_unique ON quarantine (
    quarantine_sample(reason, sha256, signal_key), reason, quarantine_key(topic, site_tag, asset_tag)
);
DROP FUNCTION IF EXISTS hold_in_quarantine(
    text, bytea, text, text, text, text, bytea, integer, timestamptz, integer, integer, boolean
);
