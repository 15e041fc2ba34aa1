"""The parts of the page that says how the plant is now."""
