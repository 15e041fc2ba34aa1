-- Every asset is watched from its first minute: design limits, rates and silence beside the model, and long-term health.

ALTER TABLE class_signal
    ADD COLUMN most_rate_per_min double precision
        CONSTRAINT class_signal_rate_is_positive CHECK (most_rate_per_min > 0);

ALTER TABLE signal
    ADD COLUMN most_rate_per_min double precision
        CONSTRAINT signal_rate_is_positive CHECK (most_rate_per_min > 0);

ALTER TABLE asset_class
    ADD COLUMN silent_s double precision NOT NULL DEFAULT 300
        CONSTRAINT asset_class_silence_is_sane CHECK (silent_s >= 1);

ALTER TABLE scoring
    ADD COLUMN line double precision NOT NULL DEFAULT 1
        CONSTRAINT scoring_line_is_sane CHECK (line BETWEEN 0.5 AND 4);

-- How far each asset was held against the limits of the register, and who is at work on it; as `scoring` for its model.
CREATE TABLE guarding (
    asset_id integer PRIMARY KEY REFERENCES asset,
    watermark timestamptz NOT NULL,
    state bytea NOT NULL DEFAULT '',
    silent boolean NOT NULL DEFAULT false,
    holder text,
    lease_until timestamptz,
    fence bigint NOT NULL DEFAULT 0
);

-- Every row of both is written every round: room on its page keeps the old versions from spreading.
ALTER TABLE scoring SET (fillfactor = 30, autovacuum_vacuum_scale_factor = 0.1);
ALTER TABLE guarding SET (fillfactor = 30, autovacuum_vacuum_scale_factor = 0.1);

CREATE TABLE health (
    asset_id integer NOT NULL REFERENCES asset,
    time timestamptz NOT NULL,
    model_id integer NOT NULL,
    wear double precision NOT NULL,
    wear_signals real[] NOT NULL,
    PRIMARY KEY (asset_id, time)
);
