-- Assets and signals that are merged into others: retired, and what they say belongs to the others.

ALTER TABLE asset ADD COLUMN merged_into integer REFERENCES asset;
-- `copied_at` is when what was stored before has been copied to the other.
ALTER TABLE signal
    ADD COLUMN merged_into integer REFERENCES signal,
    ADD COLUMN merged_at timestamptz,
    ADD COLUMN copied_at timestamptz;
CREATE INDEX signal_that_is_merged ON signal (merged_into) WHERE merged_into IS NOT NULL;
