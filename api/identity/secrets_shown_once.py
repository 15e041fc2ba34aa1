"""Secrets that are shown once: 32 random bytes, of which the SHA-256 is kept."""

from __future__ import annotations

import hashlib
import secrets


def make_secret() -> str:
    """Return a secret that nobody guesses."""
    return secrets.token_urlsafe(32)


def sha256_of(secret: str) -> bytes:
    """Return what is kept of a secret.

    >>> len(sha256_of("x"))
    32
    """
    return hashlib.sha256(secret.encode(errors="replace")).digest()
