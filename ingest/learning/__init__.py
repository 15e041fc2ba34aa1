"""Learning a plant's topics: what was heard on them becomes the proposal of a mapping, for a person to finish."""
