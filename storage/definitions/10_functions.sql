-- Functions that lower roles may execute with the owner's rights. Re-created at every migrate.

CREATE OR REPLACE FUNCTION register_signal(p_asset_id integer, p_key text, p_most integer)
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    v_signal_id integer;
BEGIN
    SELECT signal_id INTO v_signal_id FROM signal WHERE asset_id = p_asset_id AND key = p_key;
    IF FOUND THEN
        RETURN v_signal_id;
    END IF;
    PERFORM 1 FROM asset WHERE asset_id = p_asset_id FOR UPDATE;
    IF (SELECT count(*) FROM signal WHERE asset_id = p_asset_id) >= p_most THEN
        RETURN NULL;
    END IF;
    INSERT INTO signal (asset_id, key, name, self_registered, position)
    VALUES (p_asset_id, p_key, p_key, true, (SELECT count(*) FROM signal WHERE asset_id = p_asset_id))
    ON CONFLICT ON CONSTRAINT signal_key_is_unique_in_its_asset DO NOTHING;
    SELECT signal_id INTO v_signal_id FROM signal WHERE asset_id = p_asset_id AND key = p_key;
    RETURN v_signal_id;
END
$$;

-- Hold a payload with its reason; the same payload again only raises the counts: of how often it came, and of how
-- many readings were refused in it.
CREATE OR REPLACE FUNCTION hold_in_quarantine(
    p_topic text, p_sha256 bytea, p_reason text, p_detail text, p_site text, p_asset text,
    p_payload bytea, p_length integer, p_at timestamptz, p_readings integer DEFAULT 1
)
RETURNS void
LANGUAGE sql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    INSERT INTO quarantine AS held
        (topic, sha256, reason, detail, site_tag, asset_tag, payload, length, first_seen, last_seen, readings)
    VALUES (p_topic, p_sha256, p_reason, p_detail, p_site, p_asset, p_payload, p_length, p_at, p_at, p_readings)
    ON CONFLICT ON CONSTRAINT quarantine_is_unique
    DO UPDATE SET
        count = held.count + 1,
        readings = held.readings + excluded.readings,
        last_seen = greatest(held.last_seen, excluded.last_seen);
$$;
