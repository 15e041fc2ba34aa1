"""The documents that the API gives out and takes, with their units."""
