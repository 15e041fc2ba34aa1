-- TimescaleDB makes its chunks by itself.
CREATE OR REPLACE FUNCTION prepare_partitions(p_now timestamptz)
RETURNS integer
LANGUAGE sql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$ SELECT 0 $$;
