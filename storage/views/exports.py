"""What only exports read: rows behind one another, some thousand at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from storage.binary.copy_format import EPOCH_US, arrays_of
from storage.core.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class SpentOnOrder:
    """How an order was closed, None where it was not, and what was spent on it; `costs` by currency."""

    order_id: int
    outcome: str | None
    failure_mode: str | None
    cause: str | None
    action: str | None
    closed_at: datetime | None
    closed_by: str | None
    hours: Decimal | None
    costs: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedBooking:
    """A booking with the order and the asset it belongs to."""

    booking_id: int
    booked_at: datetime
    order_id: int
    site: str
    asset: str
    booked_by: str
    person: str | None
    trade: str | None
    worked_on: date | None
    hours: Decimal | None
    cost: Decimal | None
    currency: str | None
    part: str | None
    quantity: Decimal | None
    reverses: int | None
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BookingFilter:
    """Which bookings are wanted; what is None asks nothing."""

    site: str | None = None
    asset: str | None = None
    time_from: datetime | None = None
    time_to: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class InstalledMachine:
    """The machine that is installed at an asset."""

    manufacturer: str
    model: str
    serial: str
    installed_from: datetime


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ReadingPiece:
    """Some readings of one signal, the oldest first; instants are epoch microseconds."""

    times_us: NDArray[np.int64]
    values: NDArray[np.float64]
    flags: NDArray[np.int16]


def spending_of(tx: Transaction, order_ids: Sequence[int]) -> dict[int, SpentOnOrder]:
    """Return how orders were closed and what was spent on them."""
    rows = tx.all("exports.spending", order_ids=list(order_ids))
    return {row["order_id"]: SpentOnOrder(**row) for row in rows}


def bookings_after(tx: Transaction, wanted: BookingFilter, after: int, *, most: int) -> list[ListedBooking]:
    """Return bookings behind one of them, the oldest first."""
    return [ListedBooking(**row) for row in tx.all("exports.bookings", **asdict(wanted), after=after, most=most)]


def machines_at(tx: Transaction, asset_ids: Sequence[int]) -> dict[int, InstalledMachine]:
    """Return the machines that are installed at assets."""
    rows = [dict(row) for row in tx.all("exports.machines", asset_ids=list(asset_ids))]
    return {row.pop("asset_id"): InstalledMachine(**row) for row in rows}


def readings_after(
    tx: Transaction, signal_id: int, after: datetime, *, time_to: datetime, most: int
) -> ReadingPiece | None:
    """Return up to `most` readings of a signal behind an instant and before another; None where there are none."""
    rows = tx.arrays("exports.readings", signal_id=signal_id, after=after, time_to=time_to, most=most)
    if not rows:
        return None
    times, values, flags = arrays_of(rows[0], (">i8", ">f8", ">i2"))
    return ReadingPiece(
        times_us=times.astype(np.int64) + EPOCH_US, values=values.astype(np.float64), flags=flags.astype(np.int16)
    )
