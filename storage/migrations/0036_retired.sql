-- Assets and signals that were made by mistake: kept in the record, gone from view.

ALTER TABLE asset ADD COLUMN retired_at timestamptz, ADD COLUMN retired_by text;
ALTER TABLE signal ADD COLUMN retired_at timestamptz, ADD COLUMN retired_by text;
