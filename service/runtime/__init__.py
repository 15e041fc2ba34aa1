"""The running product: its roles, what they stand on, and how they are kept alive."""
