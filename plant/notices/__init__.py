"""What people must know, and how it reaches them."""
