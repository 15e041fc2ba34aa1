"""What each class must be handed over with: written, signed by both sides, and checked asset by asset."""
