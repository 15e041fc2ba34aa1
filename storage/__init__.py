"""The record: the only room that speaks to PostgreSQL."""
