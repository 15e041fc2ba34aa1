-- Incidents that turn out to be one: the younger one ends in the other, which takes its alerts over.
ALTER TABLE incident ADD COLUMN merged_into uuid REFERENCES incident;

-- Who is fed by an asset is told by the key; who feeds it, by this.
CREATE INDEX feed_to ON feed (to_asset_id);
