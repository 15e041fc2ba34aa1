"""Rounds of scoring: what is new of each asset is judged by its model and by the limits of the register."""
