"""Benches of what is served over HTTP."""
