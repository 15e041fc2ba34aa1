"""Alerts: the desk that decides, its rules and their effects, and what is suppressed."""
