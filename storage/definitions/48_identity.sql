-- What the application may know of passwords and PINs: the hash of one person's, through this function and no table.
CREATE OR REPLACE FUNCTION secret_hash(p_person_id uuid, p_kind text)
RETURNS text
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT s.hash
    FROM person_secret AS s
    JOIN person AS p USING (person_id)
    WHERE s.person_id = p_person_id AND s.kind = p_kind AND p.disabled_at IS NULL
$$;

-- Keep a new password or PIN.
CREATE OR REPLACE FUNCTION keep_secret(p_person_id uuid, p_kind text, p_hash text, p_at timestamptz)
RETURNS void
LANGUAGE sql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    INSERT INTO person_secret (person_id, kind, hash, changed_at)
    VALUES (p_person_id, p_kind, p_hash, p_at)
    ON CONFLICT (person_id, kind) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at
$$;
