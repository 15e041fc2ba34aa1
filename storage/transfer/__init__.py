"""How the record leaves and comes back: exports and backups."""
