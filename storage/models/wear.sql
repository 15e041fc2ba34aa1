-- name: write
-- Ten minutes of an asset; a new model that judges them again replaces them.
INSERT INTO wear (asset_id, time, model_id, wear, wear_signals)
VALUES (
    %(asset_id)s, 'epoch'::timestamptz + %(time_us)s::bigint * interval '1 microsecond', %(model_id)s, %(wear)s,
    %(wear_signals)s::real[]
)
ON CONFLICT (asset_id, time) DO UPDATE
SET
    model_id = excluded.model_id,
    wear = excluded.wear,
    wear_signals = excluded.wear_signals;
