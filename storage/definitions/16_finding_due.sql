-- Put a finding that was written on the desk.
CREATE OR REPLACE FUNCTION put_on_the_desk()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    INSERT INTO finding_due (finding_id) VALUES (NEW.finding_id) ON CONFLICT (finding_id) DO NOTHING;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER on_the_desk
AFTER INSERT OR UPDATE OF revision ON finding
FOR EACH ROW EXECUTE FUNCTION put_on_the_desk();
