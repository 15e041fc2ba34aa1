-- TimescaleDB makes its chunks by itself; the functions exist so that nobody need ask which grade it is.
CREATE OR REPLACE FUNCTION ensure_partition(p_from timestamptz, p_to timestamptz)
RETURNS integer
LANGUAGE sql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$ SELECT 0 $$;

CREATE OR REPLACE FUNCTION ensure_rollup_partition(p_from timestamptz, p_to timestamptz)
RETURNS integer
LANGUAGE sql
SET search_path = public, pg_temp
AS $$ SELECT 0 $$;
