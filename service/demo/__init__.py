"""The demo plant, and how it is brought to life."""
