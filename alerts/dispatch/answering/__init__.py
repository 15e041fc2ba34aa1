"""How engineering answers an order that was sent back to it."""
