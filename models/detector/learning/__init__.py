"""What a detector learns from healthy rows: cleaning, regimes, scales, and an alarm line that holds on other rows."""
