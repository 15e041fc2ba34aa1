"""What is refused, said in the caller's language."""
