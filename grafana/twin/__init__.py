"""The digital twin: a Canvas an area, drawn from the register, and the map of areas before them."""
