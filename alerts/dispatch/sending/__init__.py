"""How one message leaves the house, by each kind of way."""
