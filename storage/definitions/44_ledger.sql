-- The one way into the ledger. It gives the number, takes the hash of the entry before from the head, makes the hash over
-- what is stored, and moves the head with it: whoever may execute this can neither set the head, nor number or date a link
-- of the chain as they like. `p_entries` are canonical JSON (RFC 8785), entered in this order; appends to a project wait for
-- each other until the transaction ends.
CREATE OR REPLACE FUNCTION append_to_ledger(p_project text, p_ats timestamptz[], p_entries text[])
RETURNS TABLE (seq bigint, hash bytea)
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_head ledger_head%ROWTYPE;
    v_previous bytea;
BEGIN
    INSERT INTO ledger_head (project, seq, hash)
    VALUES (p_project, 0, decode(repeat('00', 32), 'hex'))
    ON CONFLICT (project) DO NOTHING;
    SELECT * INTO STRICT v_head FROM ledger_head WHERE project = p_project FOR UPDATE;
    FOR v_at IN 1 .. cardinality(p_entries) LOOP
        v_previous := v_head.hash;
        v_head.seq := v_head.seq + 1;
        v_head.hash := sha256(convert_to(
            format(
                '{"at":"%s","entry":%s,"previous":"%s","project":%s,"seq":%s}',
                to_char(p_ats[v_at] AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'),
                p_entries[v_at], encode(v_previous, 'hex'), to_json(p_project), v_head.seq
            ),
            'UTF8'
        ));
        INSERT INTO ledger (project, seq, at, entry, previous, hash)
        VALUES (p_project, v_head.seq, p_ats[v_at], p_entries[v_at]::jsonb, v_previous, v_head.hash);
        seq := v_head.seq;
        hash := v_head.hash;
        RETURN NEXT;
    END LOOP;
    UPDATE ledger_head SET seq = v_head.seq, hash = v_head.hash WHERE project = p_project;
END
$$;
