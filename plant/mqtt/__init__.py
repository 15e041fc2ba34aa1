"""Where a broker listens, how a connection to it is certified, and the topics on it."""
