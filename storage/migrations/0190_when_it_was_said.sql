-- One word for one thing: an estimate has an instant at which it was made, a label one at which people were notified.
ALTER TABLE remaining_life RENAME COLUMN told_at TO estimated_at;
ALTER TABLE label RENAME COLUMN told_at TO notified_at;
