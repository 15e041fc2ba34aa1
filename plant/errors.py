"""Errors are named after what the caller may do about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class AssetloopError(Exception):
    """Whatever this product raises on purpose; its text is one line meant for a person."""


class Rejected(AssetloopError):
    """Never retry: what was sent is wrong. Quarantine on the wire, 400 over HTTP.

    `reason` is a short, constant word that a person can count and filter by. `readings` is how many would have been of
    it, as far as that can be told.
    """

    def __init__(self, reason: str, detail: str = "", *, readings: int = 1) -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
        self.readings = readings


class NotFound(AssetloopError):
    """What was named is not there. 404 over HTTP."""


class Conflict(AssetloopError):
    """The present state forbids it. 409 over HTTP."""


class StaleRevision(Conflict):
    """Somebody else changed it meanwhile. 412 over HTTP, with both versions.

    `current` is how it stands, `yours` how it would have stood: the version that was read, with what was asked for.
    """

    def __init__(self, detail: str, *, current: Mapping[str, Any], yours: Mapping[str, Any]) -> None:
        super().__init__(detail)
        self.current = dict(current)
        self.yours = dict(yours)


class Forbidden(AssetloopError):
    """The caller may not do this. 403 over HTTP."""


class Unconfirmed(Forbidden):
    """The caller may do it once they have shown their credential again, for this act. 403 over HTTP."""


class Unavailable(AssetloopError):
    """Try again later: the database, the broker or a receiver is away. 503 over HTTP."""


class Misconfigured(AssetloopError):
    """Stop at start with exit code 2; the text says the mend."""
