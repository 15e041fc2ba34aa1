"""The site of a thing that a request names by its key."""

from __future__ import annotations

from typing import Literal

from storage.core.database import Transaction

Thing = Literal[
    "order",
    "alert",
    "model",
    "proposal",
    "quarantined",
    "device_token",
    "lesson",
    "message",
    "design_request",
    "project",
]


def site_of(tx: Transaction, thing: Thing, key: str) -> str | None:
    """Return the tag of the site of a thing; None where there is no such thing.

    Raises:
        Rejected, when the transaction ends: the key is none of such a thing.
    """
    row = tx.first(f"things.{thing}", key=key.removeprefix("WO-") if thing == "order" else key)
    return str(row["site"]) if row else None
