"""What belongs to a work order, over HTTP."""
