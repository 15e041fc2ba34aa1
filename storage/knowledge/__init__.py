"""What was learnt in words, and what a search finds of it."""
