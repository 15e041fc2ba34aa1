"""From reports to rows: batches, their order, their commits, and the spool for when the database is away."""
