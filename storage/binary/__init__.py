"""PostgreSQL's binary forms, and columns of readings in them."""
