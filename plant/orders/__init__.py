"""What work orders are made of: why they are raised, and what belongs to them."""
