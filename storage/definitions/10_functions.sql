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
    SELECT coalesce(merged_into, signal_id) INTO v_signal_id FROM signal WHERE asset_id = p_asset_id AND key = p_key;
    IF FOUND THEN
        RETURN v_signal_id;
    END IF;
    PERFORM 1 FROM asset WHERE asset_id = p_asset_id FOR UPDATE;
    IF (SELECT count(*) FROM signal WHERE asset_id = p_asset_id AND retired_at IS NULL) >= p_most THEN
        RETURN NULL;
    END IF;
    INSERT INTO signal (asset_id, key, name, self_registered, position)
    VALUES (p_asset_id, p_key, p_key, true, (SELECT count(*) FROM signal WHERE asset_id = p_asset_id))
    ON CONFLICT ON CONSTRAINT signal_key_is_unique_in_its_asset DO NOTHING;
    SELECT coalesce(merged_into, signal_id) INTO v_signal_id FROM signal WHERE asset_id = p_asset_id AND key = p_key;
    RETURN v_signal_id;
END
$$;

-- Hold a payload with its reason; the same payload again only raises the counts: of how often it came, and of how
-- many readings were refused in it. Of an unknown asset every arrival is kept, to be stored once the asset is known; of
-- one that was dismissed there is one entry a topic, with its first payload.
CREATE OR REPLACE FUNCTION hold_in_quarantine(
    p_topic text, p_sha256 bytea, p_reason text, p_detail text, p_site text, p_asset text,
    p_payload bytea, p_length integer, p_at timestamptz, p_readings integer DEFAULT 1,
    p_place integer DEFAULT 0, p_retained boolean DEFAULT false, p_signal_key text DEFAULT ''
)
RETURNS void
LANGUAGE sql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    WITH dismissed AS (
        SELECT stranger
        FROM dismissed_stranger
        WHERE p_reason = 'unknown_asset' AND stranger = quarantine_key('', p_site, p_asset)
    ),
    entry AS (
        INSERT INTO quarantine AS held
            (
                topic, sha256, reason, detail, site_tag, asset_tag, payload, length, first_seen, last_seen, readings,
                signal_key
            )
        SELECT
            p_topic, coalesce(dismissed.stranger, p_sha256),
            CASE WHEN dismissed.stranger IS NULL THEN p_reason ELSE 'dismissed_asset' END,
            p_detail, p_site, p_asset, p_payload, p_length, p_at, p_at, p_readings, p_signal_key
        FROM (SELECT) AS always
        LEFT JOIN dismissed ON true
        ON CONFLICT (quarantine_sample(reason, sha256, signal_key), reason, quarantine_key(topic, site_tag, asset_tag))
        DO UPDATE SET
            count = held.count + 1,
            readings = held.readings + excluded.readings,
            last_seen = greatest(held.last_seen, excluded.last_seen)
        RETURNING quarantine_id, reason
    )
    INSERT INTO quarantine_arrival (quarantine_id, stranger, at, place, retained, readings)
    SELECT quarantine_id, quarantine_key('', p_site, p_asset), p_at, p_place, p_retained, p_readings
    FROM entry
    WHERE reason = 'unknown_asset'
$$;

-- Let arrivals go whose readings are being stored in this transaction; return how many there were.
CREATE OR REPLACE FUNCTION release_from_quarantine(p_arrivals bigint[])
RETURNS bigint
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    v_released bigint;
    v_entries bigint[];
BEGIN
    WITH gone AS (
        DELETE FROM quarantine_arrival WHERE arrival_id = ANY (p_arrivals) RETURNING quarantine_id, readings
    ),
    lessened AS (
        UPDATE quarantine AS held
        SET count = held.count - each.arrivals, readings = held.readings - each.readings
        FROM (
            SELECT quarantine_id, count(*) AS arrivals, sum(readings) AS readings FROM gone GROUP BY quarantine_id
        ) AS each
        WHERE held.quarantine_id = each.quarantine_id
        RETURNING held.quarantine_id, each.arrivals
    )
    SELECT coalesce(sum(arrivals), 0), array_agg(quarantine_id) INTO v_released, v_entries FROM lessened;
    DELETE FROM quarantine AS held
    WHERE held.quarantine_id = ANY (v_entries)
        AND NOT EXISTS (SELECT FROM quarantine_arrival AS left_ WHERE left_.quarantine_id = held.quarantine_id);
    RETURN v_released;
END
$$;

-- Register an asset by its tags alone, of a class that is made where it is missing; at most `p_most` may register
-- themselves. Return whether it is registered.
CREATE OR REPLACE FUNCTION register_asset(p_site text, p_asset text, p_class text, p_most integer)
RETURNS boolean
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('assetloop.register_asset'));
    IF EXISTS (SELECT FROM asset AS a JOIN site AS s USING (site_id) WHERE s.tag = p_site AND a.tag = p_asset) THEN
        RETURN true;
    END IF;
    IF (SELECT count(*) FROM asset WHERE self_registered) >= p_most THEN
        RETURN false;
    END IF;
    INSERT INTO site (tag, name) VALUES (p_site, p_site) ON CONFLICT DO NOTHING;
    INSERT INTO asset_class (tag, name) VALUES (p_class, p_class) ON CONFLICT DO NOTHING;
    WITH made AS (
        INSERT INTO asset (site_id, class_id, tag, name, self_registered)
        SELECT s.site_id, c.class_id, p_asset, p_asset, true
        FROM site AS s, asset_class AS c
        WHERE s.tag = p_site AND c.tag = p_class
        ON CONFLICT DO NOTHING
        RETURNING asset_id
    )
    INSERT INTO installation (asset_id) SELECT asset_id FROM made;
    RETURN true;
END
$$;
