"""The delivery record: what every device sent, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from storage.binary import arrays
from storage.core.database import Transaction
from storage.core.storable_text import storable
from storage.telemetry import device_clocks, slots
from storage.telemetry.device_clocks import WrongClock
from storage.telemetry.slots import Slot

Counts = NDArray[np.int64]

_COUNTS = ("received", "stored", "duplicate", "late", "quarantined", "conflicting", "limited")


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivered:
    """What became of a device's readings.

    `received` is the sum of the other counts but `late`, which are among those stored, duplicate or conflicting. A
    payload that could not be read counts as one reading.
    """

    device: str
    received: int = 0
    stored: int = 0
    duplicate: int = 0
    late: int = 0
    quarantined: int = 0
    conflicting: int = 0
    limited: int = 0


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class BatchDelivered:
    """What became of one batch: a count for each of `devices`, as in `Delivered`."""

    devices: Sequence[str]
    received: Counts
    stored: Counts
    duplicate: Counts
    late: Counts
    quarantined: Counts
    conflicting: Counts
    limited: Counts

    @classmethod
    def of(cls, delivered: Sequence[Delivered]) -> BatchDelivered:
        """Put the counts of devices into columns."""
        counts = {name: [getattr(one, name) for one in delivered] for name in _COUNTS}
        return cls(
            devices=[one.device for one in delivered],
            **{name: np.array(column, np.int64) for name, column in counts.items()},
        )


def record(tx: Transaction, slot: int, batch: int, delivered: BatchDelivered, *, at: datetime) -> None:
    """Write down one batch; rows are only added, a job folds them."""
    if not delivered.devices:
        return
    tx.run(
        "delivery.record",
        slot=slot,
        batch=batch,
        at=at,
        devices=arrays.texts([storable(device) for device in delivered.devices]),
        received=arrays.integers(delivered.received),
        stored=arrays.integers(delivered.stored),
        duplicate=_unless_zero(delivered.duplicate),
        late=_unless_zero(delivered.late),
        quarantined=_unless_zero(delivered.quarantined),
        conflicting=_unless_zero(delivered.conflicting),
        limited=_unless_zero(delivered.limited),
    )


def _unless_zero(counts: Counts) -> arrays.IntegerArray | None:
    return arrays.integers(counts) if counts.any() else None


def totals(tx: Transaction) -> dict[str, Delivered]:
    """Return what became of everything, by device."""
    return {row["device"]: Delivered(**row) for row in tx.all("delivery.totals")}


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveredMinute:
    """What became of a device's readings that came in one minute; the counts are those of `Delivered`."""

    minute: datetime
    received: int
    stored: int
    duplicate: int
    late: int
    quarantined: int
    conflicting: int
    limited: int


@dataclass(frozen=True, kw_only=True, slots=True)
class IngestStatus:
    """The status of ingest: what became of what came since `since`, by device; its slots; and what is not stored.

    `clocks` are the devices whose clocks were wrong meanwhile. `lost_messages` and `lost_bytes` found no room while the
    database was away; `spooled_since` is when the oldest message came that still waits in a spool.
    """

    since: datetime
    devices: list[Delivered]
    slots: list[Slot]
    clocks: list[WrongClock]
    lost_messages: int
    lost_bytes: int
    spooled_since: datetime | None

    def sums(self) -> Delivered:
        """Add the devices up."""
        return Delivered(device="", **{name: sum(getattr(one, name) for one in self.devices) for name in _COUNTS})


def status(tx: Transaction, *, since: datetime, device: str | None = None) -> IngestStatus:
    """Return the status of ingest since `since`, in whole minutes, of all devices or of one."""
    lost = tx.one("delivery.lost", since=since)
    return IngestStatus(
        since=since,
        devices=[Delivered(**row) for row in tx.all("delivery.by_device", since=since, device=device)],
        slots=slots.every(tx),
        clocks=device_clocks.wrong(tx, since=since, device=device),
        lost_messages=lost["messages"],
        lost_bytes=lost["size_bytes"],
        spooled_since=tx.one("delivery.spooled")["oldest"],
    )


def by_minute(tx: Transaction, device: str, *, since: datetime, most: int = 1440) -> list[DeliveredMinute]:
    """Return what became of what a device sent since `since`, the newest of at most `most` minutes first."""
    rows = tx.all("delivery.by_minute", device=device, since=since, most=most)
    return [DeliveredMinute(**row) for row in rows]
