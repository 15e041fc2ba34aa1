"""A simulated year of a plant's alarms, run through the real desk."""
