"""The rows of people: who they are, what proves it, what they may do, and what was tried in their name."""
