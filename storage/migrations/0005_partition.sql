-- How long a partition of readings is where partitions are PostgreSQL's own; the next migrate writes what fits.
ALTER TABLE upkeep ADD COLUMN partition interval NOT NULL DEFAULT interval '7 days';
