"""Trained models that notice when a machine sickens, and say which signals show it."""
