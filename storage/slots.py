"""Slots: each ingest process holds one by a lease, and its number is part of its name at the broker.

Leases count on the database's clock, the one clock that all holders share.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from plant.errors import Misconfigured
from storage.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """A slot as it stands; `lag_s` is how far behind its holder was, in seconds."""

    slot: int
    holder: str | None
    lag_s: float
    last_commit: datetime | None
    is_held: bool


def take(tx: Transaction, holder: str, *, lease_s: float, most: int) -> int | None:
    """Take the first free one of `most` slots, or the one `holder` has already; None where all are held."""
    tx.all("slots.one_at_a_time")
    row = tx.first("slots.take", holder=holder, lease_s=lease_s, most=most)
    return None if row is None else int(row["slot"])


def renew(
    tx: Transaction, slot: int, holder: str, *, lease_s: float, lag_s: float, last_commit: datetime | None
) -> bool:
    """Go on holding a slot and say how far behind it is; False where somebody else holds it by now."""
    return tx.run("slots.renew", slot=slot, holder=holder, lease_s=lease_s, lag_s=lag_s, last_commit=last_commit) == 1


def release(tx: Transaction, slot: int, holder: str) -> None:
    """Give a slot up, if `holder` still has it."""
    tx.run("slots.release", slot=slot, holder=holder)


def every(tx: Transaction) -> list[Slot]:
    """Return every slot that was ever held."""
    return [Slot(**row) for row in tx.all("slots.all")]


def installation(tx: Transaction) -> str:
    """Return the name of this deployment, with which the names of its clients at the broker begin.

    Raises:
        Misconfigured: the database has not been migrated.
    """
    row = tx.first("migrate.deployment")
    if row is None:
        raise Misconfigured("the database has not been migrated; run `assetloop migrate`")
    name: str = row["installation"]
    return name
