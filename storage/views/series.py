"""Series as people look at them: thinned for a chart, the latest of all, gaps, silence, counters and energy."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from plant.errors import Rejected
from storage.binary.copy_format import EPOCH_US, arrays_of
from storage.core.database import Transaction
from storage.telemetry import windows
from storage.telemetry.windows import from_us
from storage.views.lttb import largest_triangles

Floats = NDArray[np.float64]


class SeriesSource(StrEnum):
    """What a thinned series was made of."""

    RAW = "raw"
    MINUTES = "1m"
    HOURS = "1h"
    DAYS = "1d"


_LEVELS = (
    (timedelta(days=1), SeriesSource.DAYS),
    (timedelta(hours=1), SeriesSource.HOURS),
    (timedelta(minutes=1), SeriesSource.MINUTES),
)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Thinned:
    """A series for a chart, oldest first, in the signal's unit; instants are epoch microseconds.

    From a roll-up each point stands for a step of `step` that begins at its instant: mean, least and greatest of its
    values. From raw readings each is one of them, and the three are the same.
    """

    source: SeriesSource
    step: timedelta
    times_us: NDArray[np.int64]
    means: Floats
    least: Floats
    greatest: Floats

    def __len__(self) -> int:
        return len(self.times_us)

    def without_last(self) -> Thinned:
        """Return it without its last point."""
        return replace(
            self,
            times_us=self.times_us[:-1],
            means=self.means[:-1],
            least=self.least[:-1],
            greatest=self.greatest[:-1],
        )


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Latest:
    """The latest reading of every signal that has one, by signal; instants are epoch microseconds."""

    signal_ids: NDArray[np.int32]
    times_us: NDArray[np.int64]
    values: Floats
    flags: NDArray[np.int16]
    stored_us: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """A stretch in which a signal said nothing good."""

    signal_id: int
    since: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Silent:
    """A signal of which nothing is stored of late; never anything where `time` is None."""

    signal_id: int
    asset_id: int
    key: str
    time: datetime | None
    stored_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """How many readings of a signal are stored, and how many of those are of bad quality."""

    signal_id: int
    readings: int
    bad: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Increase:
    """By how much a counter rose in the step that begins at `time`, in its unit, and how often it was reset."""

    time: datetime
    increase: float
    resets: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Amount:
    """A rate integrated over the step that begins at `time`: in its unit times hours (kW gives kWh), over `seconds`."""

    time: datetime
    amount: float
    seconds: float


def thinned(tx: Transaction, signal_id: int, *, time_from: datetime, time_to: datetime, most: int = 1_000) -> Thinned:
    """Return a signal in [`time_from`, `time_to`) as at most `most` points; values of bad quality are left out.

    Steps of a minute and more come from the roll-up that fits, whose first step may begin before `time_from`; what is
    not rolled up yet is taken from below. Finer ones are raw readings, chosen by largest triangles where there are more
    than `most` of them.

    Raises:
        Rejected: the span is empty, or `most` is less than 3.
    """
    if time_to <= time_from:
        raise Rejected("empty_span", "`to` must be later than `from`")
    if most < 3:
        raise Rejected("too_few_points", "a series is thinned to 3 points or more")
    for level, source in _LEVELS:
        if time_to - time_from >= level * most:
            return _steps(tx, signal_id, time_from, time_to, most, level, source)
    return _chosen(tx, signal_id, time_from, time_to, most)


def _steps(
    tx: Transaction,
    signal_id: int,
    time_from: datetime,
    time_to: datetime,
    most: int,
    level: timedelta,
    source: SeriesSource,
) -> Thinned:
    begin = time_from - (time_from - from_us(0)) % level
    step = level * -(-(time_to - begin) // (level * most))
    (row,) = tx.arrays("series.steps", signal_id=signal_id, step=step, time_from=begin, time_to=time_to, level=level)
    times, means, least, greatest = arrays_of(row, (">i8", ">f8", ">f8", ">f8"))
    return Thinned(
        source=source,
        step=step,
        times_us=times.astype(np.int64) + EPOCH_US,
        means=means.astype(np.float64),
        least=least.astype(np.float64),
        greatest=greatest.astype(np.float64),
    )


def _chosen(tx: Transaction, signal_id: int, time_from: datetime, time_to: datetime, most: int) -> Thinned:
    one_us = timedelta(microseconds=1)
    window = windows.read(tx, [signal_id], after=time_from - one_us, until=time_to - one_us, most=10_000_000)
    chosen = largest_triangles(window.times_us, window.values[:, 0], most)
    values = window.values[chosen, 0]
    return Thinned(
        source=SeriesSource.RAW,
        step=timedelta(0),
        times_us=window.times_us[chosen],
        means=values,
        least=values,
        greatest=values,
    )


def latest_of_all(tx: Transaction) -> Latest:
    """Return the latest reading of every signal that has one."""
    (row,) = tx.arrays("series.latest_of_all")
    ids, times, values, flags, stored = arrays_of(row, (">i4", ">i8", ">f8", ">i2", ">i8"))
    return Latest(
        signal_ids=ids.astype(np.int32),
        times_us=times.astype(np.int64) + EPOCH_US,
        values=values.astype(np.float64),
        flags=flags.astype(np.int16),
        stored_us=stored.astype(np.int64) + EPOCH_US,
    )


def counts(tx: Transaction, signal_ids: Sequence[int], *, time_from: datetime, time_to: datetime) -> list[Count]:
    """Count each signal's stored readings in [`time_from`, `time_to`), by signal."""
    rows = tx.all("series.counts", signal_ids=list(signal_ids), time_from=time_from, time_to=time_to)
    return [Count(**row) for row in rows]


def gaps(
    tx: Transaction, signal_ids: Sequence[int], *, time_from: datetime, time_to: datetime, longest: timedelta
) -> list[Gap]:
    """Return where signals have no good reading for longer than `longest` in [`time_from`, `time_to`), by signal.

    The ends of the stretch count as readings: a signal without any has one gap, the whole.
    """
    rows = tx.all("series.gaps", signal_ids=list(signal_ids), time_from=time_from, time_to=time_to, longest=longest)
    return [Gap(**row) for row in rows]


def silent(
    tx: Transaction, *, now: datetime, longest: timedelta, asset_ids: Collection[int] | None = None
) -> list[Silent]:
    """Return the signals of which nothing was stored for longer than `longest`, of these assets or of all."""
    ids = None if asset_ids is None else list(asset_ids)
    return [Silent(**row) for row in tx.all("series.silent", now=now, longest=longest, asset_ids=ids)]


def increases(
    tx: Transaction, signal_id: int, *, time_from: datetime, time_to: datetime, step: timedelta
) -> list[Increase]:
    """Return by how much a counter rose in each step of [`time_from`, `time_to`), resets made up for.

    It begins with the last value before `time_from`. A value less than the one before it was counted up from zero
    since a reset. Steps in which nothing was read are left out.
    """
    rows = tx.all("series.increases", signal_id=signal_id, time_from=time_from, time_to=time_to, step=step)
    return [Increase(**row) for row in rows]


def integral(
    tx: Transaction, signal_id: int, *, time_from: datetime, time_to: datetime, step: timedelta, longest: timedelta
) -> list[Amount]:
    """Integrate a rate over each step of [`time_from`, `time_to`): power in kW gives energy in kWh.

    Trapezoidal between readings; nothing is made up for stretches without one for longer than `longest`, so `seconds`
    says how much of a step is covered.
    """
    rows = tx.all(
        "series.integral", signal_id=signal_id, time_from=time_from, time_to=time_to, step=step, longest=longest
    )
    return [Amount(**row) for row in rows]
