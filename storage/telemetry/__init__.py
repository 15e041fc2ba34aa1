"""What devices said: readings and windows of them, who said it, what became of it."""
