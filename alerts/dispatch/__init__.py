"""The way out to engineering: each revision of an order, until the broker has it."""
