-- Remember that a device token is in use, at most once a minute.
CREATE OR REPLACE FUNCTION note_device_token(p_token_id text, p_now timestamptz)
RETURNS void
LANGUAGE sql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    UPDATE device_token
    SET used_at = p_now
    WHERE token_id = p_token_id AND (used_at IS NULL OR used_at < p_now - interval '1 minute')
$$;
