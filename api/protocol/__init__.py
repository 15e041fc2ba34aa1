"""What holds for every request alike: methods, parameters, bodies, time, and what a connection may keep open."""
