"""Windows: what assets' signals measured in a stretch of time, as matrices with one row an instant."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from storage.binary.copy_format import EPOCH_US, array_of, fields_of_copy
from storage.core.database import Transaction
from storage.core.named_sql import statements
from storage.telemetry.holding import held

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MOST_SIGNALS_A_BLOCK = 1_000
_VALUES_A_BLOCK = 1_000_000  # 32 bytes each on the wire


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
class Block:
    """Windows of some assets side by side, as a vectorised detector takes them.

    `values` (n, A, p) and `times_s` (n, A) in epoch seconds are NaN in the rows that an asset does not have: those
    after its last. Column a is asset `assets[a]` of the windows.
    """

    assets: NDArray[np.intp]
    times_s: NDArray[np.float64]
    values: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Windows:
    """Windows of A assets under one another: asset a has the rows from `first[a]` up to `first[a + 1]`.

    `times_us` (N,) and `values` (N, p) are as in `Window`, `first` (A + 1,), `complete` (A,).
    """

    times_us: NDArray[np.int64]
    values: NDArray[np.float64]
    first: NDArray[np.intp]
    complete: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.complete)

    @property
    def lengths(self) -> NDArray[np.intp]:
        """Count the rows of each asset."""
        return np.diff(self.first)

    def of(self, asset: int) -> Window:
        """Return one asset's window; its arrays are views."""
        rows = slice(self.first[asset], self.first[asset + 1])
        return Window(times_us=self.times_us[rows], values=self.values[rows], complete=bool(self.complete[asset]))

    def block(self, assets: NDArray[np.intp] | None = None) -> Block:
        """Put the windows of these assets, or of all, side by side; the longest says how many rows there are."""
        chosen = np.arange(len(self)) if assets is None else assets
        lengths = self.lengths[chosen]
        longest = int(lengths.max(initial=0))
        column = np.repeat(np.arange(len(chosen)), lengths)
        row = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        source = np.repeat(self.first[chosen], lengths) + row
        times_s = np.full((longest, len(chosen)), np.nan)
        values = np.full((longest, len(chosen), self.values.shape[1]), np.nan)
        times_s[row, column] = self.times_us[source] / 1e6
        values[row, column] = self.values[source]
        return Block(assets=chosen, times_s=times_s, values=values)

    def blocks(self, *, most_values: int = 4_000_000) -> Iterator[Block]:
        """Yield every asset that has rows once, in blocks of at most `most_values` where one asset alone has no more.

        Assets of like length come together, so that little of a block is padding.
        """
        by_length = np.argsort(self.lengths, kind="stable")
        waiting = by_length[self.lengths[by_length] > 0]
        while len(waiting):
            longest = self.lengths[waiting[-1]]
            fit = max(1, most_values // int(longest * self.values.shape[1]))
            alike = int(np.count_nonzero(2 * self.lengths[waiting] > longest))
            yield self.block(waiting[-min(fit, alike) :])
            waiting = waiting[: -min(fit, alike)]


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
    windows = read_many(
        tx,
        np.array([signal_ids], np.int32),
        after_us=np.array([to_us(after)]),
        until_us=np.array([to_us(until)]),
        most=most,
    )
    return windows.of(0)


def read_last(tx: Transaction, signal_ids: Sequence[int], *, after: datetime, until: datetime, most: int) -> Window:
    """Read the last `most` instants or fewer in (`after`, `until`], as `read` does.

    Where the signals are measured at different instants these may be fewer than there would be room for.
    """
    window = read(tx, signal_ids, after=after, until=until, most=most)
    if window.complete:
        return window
    edge = tx.one("windows.before_last", signal_ids=list(signal_ids), after=after, until=until, most=most)["time"]
    whole = read(tx, signal_ids, after=edge or after, until=until, most=most * len(signal_ids))
    last = slice(max(0, len(whole) - most), None)
    return Window(times_us=whole.times_us[last], values=whole.values[last], complete=True)


def read_many(
    tx: Transaction,
    signal_ids: NDArray[np.int32],
    *,
    after_us: NDArray[np.int64],
    until_us: NDArray[np.int64],
    most: int = 20_000,
) -> Windows:
    """Read the windows of A assets at once, each as `read` would: its first `most` instants or fewer.

    `signal_ids` (A, p) holds each asset's signals in the order of its columns, 0 for none: an asset with fewer than
    p has columns without values. `after_us` and `until_us` (A,) are each asset's own stretch, open where it begins
    and closed where it ends, in epoch microseconds. A signal that is reported only when it changes has its last value
    at each instant for as long as that holds (`storage.telemetry.holding`).
    """
    if not signal_ids.size:
        return _nothing(*signal_ids.shape)
    place, times_us, value = _read(tx, signal_ids, after_us, until_us, most)
    asset, column = np.divmod(place, signal_ids.shape[1])
    row, row_times_us, row_asset = _rows(asset, times_us)
    values = np.full((len(row_times_us), signal_ids.shape[1]), np.nan)
    values[row, column] = np.where(np.isfinite(value), value, np.nan)
    first = np.searchsorted(row_asset, np.arange(len(signal_ids) + 1))
    whole = Windows(times_us=row_times_us, values=values, first=first, complete=np.ones(len(signal_ids), bool))
    return held(tx, _cut(whole, place, times_us, most), signal_ids, after_us)


def _nothing(assets: int, signals: int) -> Windows:
    return Windows(
        times_us=np.empty(0, np.int64),
        values=np.empty((0, signals)),
        first=np.zeros(assets + 1, np.intp),
        complete=np.ones(assets, bool),
    )


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


def _read(
    tx: Transaction,
    signal_ids: NDArray[np.int32],
    after_us: NDArray[np.int64],
    until_us: NDArray[np.int64],
    most: int,
) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.float64]]:
    """Return place (asset × signals + column), instant and value of everything there is, by place and instant."""
    parameters = {
        "signal_ids": signal_ids.ravel().tolist(),
        "signals": signal_ids.shape[1],
        "after_us": after_us.tolist(),
        "until_us": until_us.tolist(),
        "from": from_us(after_us.min()),
        "to": from_us(until_us.max()),
        "most": most,
        "block": min(max(1, _VALUES_A_BLOCK // most), _MOST_SIGNALS_A_BLOCK),
    }
    blocks = _copied(tx, parameters) if tx.copies else tx.arrays("windows.select_blocks", **parameters)
    places, times, values = (
        np.concatenate([np.empty(0, kind), *(array_of(fields[n], kind) for fields in blocks)])
        for n, kind in enumerate((">i4", ">i8", ">f8"))
    )
    return places.astype(np.intp) - 1, times.astype(np.int64) + EPOCH_US, values.astype(np.float64)


def _copied(tx: Transaction, parameters: dict[str, Any]) -> list[list[bytes]]:
    with tx.connection.cursor() as cursor, cursor.copy(statements("windows")["copy_blocks"], parameters) as copy:
        return list(fields_of_copy(b"".join(copy)))


def _rows(
    asset: NDArray[np.intp], times_us: NDArray[np.int64]
) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.intp]]:
    """Number the distinct instants of each asset: each value's row, each row's instant, each row's asset."""
    order = np.lexsort((times_us, asset))
    ordered_us, ordered_asset = times_us[order], asset[order]
    begins = np.ones(len(order), bool)
    begins[1:] = (np.diff(ordered_us) != 0) | (np.diff(ordered_asset) != 0)
    row = np.empty(len(order), np.intp)
    row[order] = np.cumsum(begins) - 1
    return row, ordered_us[begins], ordered_asset[begins]


def _cut(windows: Windows, place: NDArray[np.intp], times_us: NDArray[np.int64], most: int) -> Windows:
    """End each window with the last of its first `most` instants at which no signal had been cut short."""
    over = np.flatnonzero(windows.lengths > most)
    ends = {int(asset): int(windows.times_us[windows.first[asset] + most - 1]) for asset in over}
    counts = np.bincount(place)
    for full in np.flatnonzero(counts >= most):
        asset = int(full) // windows.values.shape[1]
        last = int(times_us[np.searchsorted(place, full, side="right") - 1])
        ends[asset] = min(ends.get(asset, last), last)
    if not ends:
        return windows
    complete = windows.complete.copy()
    kept = np.ones(len(windows.times_us), bool)
    for asset, end in ends.items():
        rows = slice(windows.first[asset], windows.first[asset + 1])
        kept[rows] = windows.times_us[rows] <= end
        complete[asset] = False
    first = np.concatenate([[0], np.cumsum(kept)])[windows.first]
    return Windows(times_us=windows.times_us[kept], values=windows.values[kept], first=first, complete=complete)
