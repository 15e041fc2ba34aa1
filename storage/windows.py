"""A window: what an asset's signals measured in a stretch of time, as a matrix with one row an instant."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from storage.database import Transaction
from storage.named_sql import statements

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_POSTGRES_EPOCH_US = 946_684_800_000_000  # 2000-01-01, from which binary COPY counts
_HEADER_BYTES = 19
_TRAILER_BYTES = 2
_RECORD = np.dtype(
    [
        ("fields", ">i2"),
        ("place_length", ">i4"),
        ("place", ">i4"),
        ("time_length", ">i4"),
        ("time", ">i8"),
        ("value_length", ">i4"),
        ("value", ">f8"),
    ]
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """`values` (n, p) in the signals' own units, NaN where missing, at `times_us` (n,): increasing, epoch microseconds.

    `complete` is False where there was more than was asked for: it goes on after the last row.
    """

    times_us: NDArray[np.int64]
    values: NDArray[np.float64]
    complete: bool

    def __len__(self) -> int:
        return len(self.times_us)

    @property
    def times_s(self) -> NDArray[np.float64]:
        """Return the instants in epoch seconds; distinct microseconds stay distinct."""
        seconds: NDArray[np.float64] = self.times_us / 1e6
        return seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class Newest:
    """How far an asset's data reaches, and when the last of it was stored."""

    time: datetime
    stored_at: datetime


def read(
    tx: Transaction, signal_ids: Sequence[int], *, after: datetime, until: datetime, most: int = 1_000_000
) -> Window:
    """Read the first `most` instants or fewer in (`after`, `until`], signals in the order of `signal_ids`.

    Values of one instant share a row, whichever signal they are of; values of bad quality are missing. An instant
    is never cut in two.
    """
    records = _copied(tx, signal_ids, after=after, until=until, most=most)
    times_us = records["time"].astype(np.int64) + _POSTGRES_EPOCH_US
    column = records["place"].astype(np.intp) - 1
    cut_us = _cut(times_us, column, most)
    kept = slice(None) if cut_us is None else times_us <= cut_us
    instants, row = np.unique(times_us[kept], return_inverse=True)
    value = records["value"][kept].astype(np.float64)
    values = np.full((len(instants), len(signal_ids)), np.nan)
    values[row, column[kept]] = np.where(np.isfinite(value), value, np.nan)
    return Window(times_us=instants, values=values, complete=cut_us is None)


def newest(tx: Transaction, asset_ids: Collection[int] | None = None) -> dict[int, Newest]:
    """Say how far the data of each asset reaches; assets without any are left out."""
    rows = tx.all("windows.newest", asset_ids=None if asset_ids is None else list(asset_ids))
    return {row["asset_id"]: Newest(time=row["time"], stored_at=row["stored_at"]) for row in rows}


def to_us(instant: datetime) -> int:
    """Return epoch microseconds, exactly.

    >>> to_us(datetime(2000, 1, 1, tzinfo=UTC))
    946684800000000
    """
    return (instant - _EPOCH) // _MICROSECOND


def from_us(instant_us: int) -> datetime:
    """Undo `to_us`, exactly.

    >>> from_us(946684800000001).isoformat()
    '2000-01-01T00:00:00.000001+00:00'
    """
    return _EPOCH + timedelta(microseconds=int(instant_us))


def _copied(
    tx: Transaction, signal_ids: Sequence[int], *, after: datetime, until: datetime, most: int
) -> NDArray[np.void]:
    parameters = {"signal_ids": list(signal_ids), "after": after, "until": until, "most": most}
    with tx.connection.cursor() as cursor, cursor.copy(statements("windows")["readings"], parameters) as copy:
        body = b"".join(bytes(block) for block in copy)
    return np.frombuffer(body, dtype=_RECORD, offset=_HEADER_BYTES, count=_records_in(body))


def _records_in(body: bytes) -> int:
    count, rest = divmod(len(body) - _HEADER_BYTES - _TRAILER_BYTES, _RECORD.itemsize)
    if rest:
        raise ValueError(f"binary COPY of {len(body)} bytes does not hold whole records of {_RECORD.itemsize}")
    return count


def _cut(times_us: NDArray[np.int64], column: NDArray[np.intp], most: int) -> int | None:
    """Return the last of the first `most` instants at which no signal was cut short; None where all are within."""
    instants = np.unique(times_us)
    full = np.flatnonzero(np.bincount(column) >= most)
    ends = [int(times_us[column == place].max()) for place in full]
    if len(instants) > most:
        ends.append(int(instants[most - 1]))
    return min(ends, default=None)
