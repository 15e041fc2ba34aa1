"""The parts of the page of alerts."""
