-- The hours that wait to be rolled up, the newest first.
CREATE OR REPLACE FUNCTION touched_hours()
RETURNS TABLE (hour timestamptz, noted_at timestamptz)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT date_trunc('hour', since, 'UTC'), min(t.noted_at)
    FROM touched AS t
    GROUP BY 1
    ORDER BY 1 DESC
$$;
