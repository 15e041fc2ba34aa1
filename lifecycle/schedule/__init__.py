"""Milestones as a project's own schedule has them: Microsoft Project, Primavera P6, or a table."""
