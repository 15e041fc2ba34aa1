"""The parts of the page about what keeps the product running."""
