"""The rows of projects: their schedule, documents, punches, gates and signatures."""
