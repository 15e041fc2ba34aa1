"""Signing in: by a password or a provider, slowed where somebody guesses, over HTTP without a script."""
