"""How an asset comes to its model: its data, its training, its place in the catalogue, and who is in charge."""
