"""Who comes in: the token, its session, and the gate every request passes."""
