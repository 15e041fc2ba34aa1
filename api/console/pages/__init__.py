"""The console's pages, each with the question it answers."""
