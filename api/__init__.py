"""The face: HTTP routes and the console."""
