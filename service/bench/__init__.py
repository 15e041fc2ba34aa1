"""Benches: what the product does in a second, measured against a yardstick in the same run."""
