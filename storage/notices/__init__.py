"""The rows of notices: what people must know, whom it reached, and what they answered."""
