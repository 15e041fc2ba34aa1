"""Planned maintenance: when a plan is due, one order for each occurrence, and what is overdue."""
