"""Pages about what the plant has learnt, and how it does."""
