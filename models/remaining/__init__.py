"""How long a machine has left, and how sure that is."""
