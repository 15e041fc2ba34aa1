-- The status that a BIM tool gave a punch; it is shown and decides nothing.

ALTER TABLE project_punch ADD COLUMN bcf_status text NOT NULL DEFAULT '';
