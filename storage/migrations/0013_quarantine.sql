-- Quarantine tells the assets of one message apart, and keeps every arrival of what may be stored later.

-- What an index can take, whatever a stranger's topic and tags are like: NULL and '' differ, and so do all pairs.
CREATE FUNCTION quarantine_key(p_topic text, p_site text, p_asset text)
RETURNS bytea
LANGUAGE sql
IMMUTABLE
AS $$
    SELECT sha256(
        convert_to(
            length(p_topic)::text || ':' || p_topic || coalesce(length(p_site)::text || ':' || p_site, '-')
                || coalesce(length(p_asset)::text || ':' || p_asset, '-'),
            'UTF8'
        )
    )
$$;

ALTER TABLE quarantine DROP CONSTRAINT quarantine_is_unique;
CREATE UNIQUE INDEX quarantine_is_unique ON quarantine (sha256, reason, quarantine_key(topic, site_tag, asset_tag));
DROP FUNCTION IF EXISTS hold_in_quarantine(
    text, bytea, text, text, text, text, bytea, integer, timestamptz, integer
);

-- Each time a payload of an unknown asset came. `stranger` is the key of its tags, `place` tells the order of what came
-- at one instant.
CREATE TABLE quarantine_arrival (
    arrival_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    quarantine_id bigint NOT NULL REFERENCES quarantine ON DELETE CASCADE,
    stranger bytea NOT NULL,
    at timestamptz NOT NULL,
    place integer NOT NULL,
    retained boolean NOT NULL,
    readings bigint NOT NULL
);
CREATE INDEX quarantine_arrival_in_order ON quarantine_arrival (stranger, at, place, arrival_id);
CREATE INDEX quarantine_arrival_by_payload ON quarantine_arrival (quarantine_id);
INSERT INTO quarantine_arrival (quarantine_id, stranger, at, place, retained, readings)
SELECT quarantine_id, quarantine_key('', site_tag, asset_tag), first_seen, 0, false, readings
FROM quarantine
WHERE reason = 'unknown_asset'
ORDER BY quarantine_id;

-- An asset that registered itself waits for somebody to describe it.
ALTER TABLE asset ADD COLUMN self_registered boolean NOT NULL DEFAULT false;
