-- TimescaleDB's retention policies drop what has expired.
CREATE OR REPLACE FUNCTION drop_expired(p_now timestamptz)
RETURNS text
LANGUAGE sql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$ SELECT NULL::text $$;
