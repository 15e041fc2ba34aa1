"""Passwords and PINs: what counts as one, and their Argon2 hashes."""

from __future__ import annotations

import secrets
import threading
from functools import cache
from itertools import pairwise

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from plant.errors import Rejected, Unavailable

LEAST_PASSWORD, MOST_PASSWORD = 10, 200
LEAST_PIN, MOST_PIN = 6, 12
_AT_ONCE = threading.BoundedSemaphore(2)  # 64 MiB each
_PATIENCE_S = 5.0
_hasher = PasswordHash((Argon2Hasher(),))


def check_password(password: str, *names: str) -> str:
    """Return a password that is good enough.

    Raises:
        Rejected: it is too short or too long, says who it belongs to, or is of too few characters.

    >>> check_password("rain over the harbour", "ada", "Ada Lovelace")
    'rain over the harbour'
    """
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        raise Rejected("bad_password", f"a password has {LEAST_PASSWORD} to {MOST_PASSWORD} characters")
    said = password.casefold()
    if len(set(said)) < 5 or any(name and said == name.casefold() * (len(said) // len(name)) for name in names):
        raise Rejected("bad_password", "this password is easily guessed; take a few words that do not belong together")
    return password


def check_pin(pin: str) -> str:
    """Return a PIN that is good enough.

    Raises:
        Rejected: it is not 6 to 12 digits, or all are the same or in a row.

    >>> check_pin("402917")
    '402917'
    """
    if not (LEAST_PIN <= len(pin) <= MOST_PIN and pin.isascii() and pin.isdigit()):
        raise Rejected("bad_pin", f"a PIN has {LEAST_PIN} to {MOST_PIN} digits")
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    if steps <= {0} or steps <= {1} or steps <= {-1}:
        raise Rejected("bad_pin", "this PIN is easily guessed")
    return pin


def hash_of(secret: str) -> str:
    """Return the Argon2 hash of a password or PIN, with a salt of its own."""
    return _hasher.hash(secret)


def is_right(secret: str, kept: str | None) -> bool:
    """Say whether a secret is the one that is kept; takes as long where none is kept.

    Raises:
        Unavailable: too many are compared at this moment.
    """
    if not _AT_ONCE.acquire(timeout=_PATIENCE_S):
        raise Unavailable("too many sign in at this moment; try again")
    try:
        return _hasher.verify(secret[:MOST_PASSWORD], kept or _nobodys()) and kept is not None
    except UnknownHashError:
        return False
    finally:
        _AT_ONCE.release()


@cache
def _nobodys() -> str:
    return hash_of(secrets.token_urlsafe())
