-- The delivery record is asked by time, and a class says after what silence a device or a sensor counts as gone.

CREATE INDEX delivery_minute_by_time ON delivery_minute USING brin (minute) WITH (pages_per_range = 32);
CREATE INDEX ingest_loss_by_time ON ingest_loss (at);

ALTER TABLE asset_class ADD COLUMN silent_after_s double precision NOT NULL DEFAULT 60
    CONSTRAINT asset_class_liveness_is_sane CHECK (silent_after_s > 0 AND silent_after_s <= 604800);
