"""What was learnt, kept and found again: lessons, the search, and what is nearest to a new order."""
