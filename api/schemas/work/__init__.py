"""The documents about what belongs to a work order."""
