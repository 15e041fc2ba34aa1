-- How long machines have left: what was told of each, and the models of classes whose machines ran to failure.

-- `time` is the data time up to which was looked. Unknown remaining life says why in `outlook`; a `high_s` of null beside a
-- known one is an interval without end.
CREATE TABLE remaining_life (
    asset_id integer NOT NULL REFERENCES asset,
    time timestamptz NOT NULL,
    installation_id integer NOT NULL REFERENCES installation,
    source_version text NOT NULL,
    outlook text NOT NULL CONSTRAINT remaining_life_outlook_known
        CHECK (outlook IN ('known', 'reached', 'too_short', 'no_trend', 'far')),
    likely_s double precision,
    low_s double precision,
    high_s double precision,
    coverage double precision NOT NULL,
    told_at timestamptz NOT NULL,
    CONSTRAINT remaining_life_once PRIMARY KEY (asset_id, time),
    CONSTRAINT remaining_life_is_whole CHECK (
        (outlook IN ('known', 'reached')) = (likely_s IS NOT NULL)
        AND (likely_s IS NULL) = (low_s IS NULL)
        AND (likely_s IS NOT NULL OR high_s IS NULL)
    ),
    CONSTRAINT remaining_life_lies_ahead CHECK (low_s >= 0 AND likely_s >= low_s AND high_s >= likely_s)
);

-- One version after another for each class; the newest that can be used is. `keys` are the signals, `setting_keys` those
-- of them that say how a machine is run.
CREATE TABLE life_model (
    life_model_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    class_id integer NOT NULL REFERENCES asset_class,
    version integer NOT NULL,
    keys text[] NOT NULL,
    setting_keys text[] NOT NULL,
    lives integer NOT NULL,
    data_sha256 bytea NOT NULL,
    libraries jsonb NOT NULL,
    figures jsonb NOT NULL DEFAULT '{}',
    artifact bytea NOT NULL,
    trained_at timestamptz NOT NULL,
    CONSTRAINT life_model_version_is_unique UNIQUE (class_id, version)
);
