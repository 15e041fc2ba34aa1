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
        (
            SELECT reason
            FROM suppression
            WHERE asset_id = p_asset_id
                AND began <= p_at
                AND (ended IS NULL OR p_at < ended)
            ORDER BY array_position(ARRAY['out_of_service', 'work', 'design'], reason)
            LIMIT 1
        ),
        CASE WHEN p_source = 'model' AND is_relearning(p_asset_id, p_at) THEN 'relearning' END
    );
$$;

-- Until when an asset's alerts of a kind are shelved; null: they are not.
CREATE OR REPLACE FUNCTION shelved_until(p_asset_id integer, p_kind text, p_at timestamptz)
RETURNS timestamptz
LANGUAGE sql
STABLE
AS $$
    SELECT until
    FROM shelving
    WHERE asset_id = p_asset_id
        AND kind = p_kind
        AND ended IS NULL
        AND until > p_at
$$;
