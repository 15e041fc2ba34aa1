"""Warranties: who answers for a machine until when, claims of it, and the evidence for a claim in one file."""
