"""The session at the broker: frames, subscription, and what becomes of it in an outage."""
