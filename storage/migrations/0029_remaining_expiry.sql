-- How long it is kept what was told of remaining life; the rules are written anew by every migrate.
ALTER TABLE upkeep ADD COLUMN keep_remaining interval NOT NULL DEFAULT '365 days';
