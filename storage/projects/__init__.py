"""The rows of projects: schedule, documents, punches, gates, signatures, goals, reviews and what they teach."""
