"""The delivery record: what every device sent, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.database import Transaction
from storage.storable import storable


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivered:
    """What became of a device's readings: `received` is the sum of the other counts, `late` apart.

    A payload that could not be read counts as one reading.
    """

    device: str
    received: int = 0
    stored: int = 0
    duplicate: int = 0
    late: int = 0
    quarantined: int = 0
    conflicting: int = 0


def record(tx: Transaction, slot: int, batch: int, delivered: Sequence[Delivered], *, at: datetime) -> None:
    """Write one row a device for one batch; rows are only added, a job folds them."""
    if not delivered:
        return
    tx.run(
        "delivery.record",
        slot=slot,
        batch=batch,
        at=at,
        devices=[storable(row.device) for row in delivered],
        received=[row.received for row in delivered],
        stored=[row.stored for row in delivered],
        duplicate=[row.duplicate for row in delivered],
        quarantined=[row.quarantined for row in delivered],
        conflicting=[row.conflicting for row in delivered],
    )


def totals(tx: Transaction) -> dict[str, Delivered]:
    """Return what became of everything, by device."""
    return {row["device"]: Delivered(**row) for row in tx.all("delivery.totals")}
