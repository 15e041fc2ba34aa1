-- Whether an asset is being learnt again at an instant of data time: its model only looks on, in shadow.
CREATE OR REPLACE FUNCTION is_relearning(p_asset_id integer, p_at timestamptz)
RETURNS boolean
LANGUAGE sql
STABLE
AS $$
    SELECT EXISTS (
        SELECT
        FROM relearning
        WHERE asset_id = p_asset_id
            AND began <= p_at
            AND (ended IS NULL OR p_at < ended)
    );
$$;

-- Why what a source finds at an asset at an instant of data time is suppressed by design (ISA-18.2); null: it is not.
CREATE OR REPLACE FUNCTION suppression_of(p_asset_id integer, p_source text, p_at timestamptz)
RETURNS text
LANGUAGE sql
STABLE
AS $$
    SELECT coalesce(
        -- out of service counts before work: in the alphabet too
        (
            SELECT min(reason)
            FROM suppression
            WHERE asset_id = p_asset_id
                AND began <= p_at
                AND (ended IS NULL OR p_at < ended)
        ),
        CASE WHEN p_source = 'model' AND is_relearning(p_asset_id, p_at) THEN 'relearning' END
    );
$$;
