"""Readings made ready to be stored, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from storage.binary.columns import ReadingColumns, body_of, last_of_signals
from storage.telemetry.touched_hours import as_parameters, notes_of
from storage.telemetry.windows import from_us

_HOUR_US = 3_600_000_000  # no partition is shorter


class ReadingOutcome(IntEnum):
    """What became of one reading."""

    STORED = 0
    DUPLICATE = 1
    CONFLICTING = 2


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class AppendResult:
    """What became of each reading, in the order given; `newest` is the last reading stored of each signal."""

    outcomes: NDArray[np.int8]
    newest: ReadingColumns

    @property
    def stored(self) -> int:
        """Count the rows that went into `reading`."""
        return int(np.count_nonzero(self.outcomes == ReadingOutcome.STORED))

    @property
    def duplicate(self) -> int:
        """Count the rows that the record held already, with this very value."""
        return int(np.count_nonzero(self.outcomes == ReadingOutcome.DUPLICATE))

    @property
    def conflicting(self) -> int:
        """Count the rows that went into `reading_conflict`."""
        return int(np.count_nonzero(self.outcomes == ReadingOutcome.CONFLICTING))


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class OrderedReadings:
    """Readings ready to be stored. Nothing of this takes the database, so it is done while that is busy.

    `columns` are in the order of the unique key (signal, time). Of several readings for one instant the first received
    comes first, and `is_first` marks it. `places` says where each row stood among the readings as given. `body` is the
    body of the COPY, `notes` the parameters of the statement before it. `expected` is what becomes of the readings
    where none of them is stored already; conflicts among them are still to be kept.
    """

    columns: ReadingColumns
    places: NDArray[np.intp]
    is_first: NDArray[np.bool_]
    body: bytes
    notes: dict[str, Any]
    expected: AppendResult

    @classmethod
    def of(cls, columns: ReadingColumns) -> OrderedReadings:
        """Order readings that stand as they were received."""
        places = np.lexsort((columns.times_us, columns.signal_ids))
        ordered = columns.take(places)
        first = np.ones(len(ordered), bool)
        first[1:] = (np.diff(ordered.signal_ids) != 0) | (np.diff(ordered.times_us) != 0)
        body = body_of(ordered if first.all() else ordered.take(first))
        expected = _appended(ordered, places, _compared_with_first(ordered, first))
        return cls(columns=ordered, places=places, is_first=first, body=body, notes=_notes(ordered), expected=expected)

    def appended(self, outcomes: NDArray[np.int8]) -> AppendResult:
        """Say what became of each reading as given; `outcomes` are in the order of the unique key."""
        return _appended(self.columns, self.places, outcomes)

    def is_apart_from(self, other: OrderedReadings) -> bool:
        """Say whether no signal's first to last instant here meets its first to last instant there.

        >>> some, other = (ReadingColumns.of([7, 7], times, [1.0, 2.0], [0, 0]) for times in ([10, 30], [20, 20]))
        >>> OrderedReadings.of(some).is_apart_from(OrderedReadings.of(other))
        False
        """
        mine, first, last = self._spans()
        theirs, their_first, their_last = other._spans()
        _, here, there = np.intersect1d(mine, theirs, assume_unique=True, return_indices=True)
        return not np.any((first[here] <= their_last[there]) & (their_first[there] <= last[here]))

    def _spans(self) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
        """Return the signals, and the first and the last instant of each."""
        ids, times_us = self.columns.signal_ids, self.columns.times_us
        begins = np.ones(len(ids), bool)
        begins[1:] = np.diff(ids) != 0
        return ids[begins], times_us[begins], times_us[np.roll(begins, -1)]


def _appended(ordered: ReadingColumns, places: NDArray[np.intp], outcomes: NDArray[np.int8]) -> AppendResult:
    as_given = np.empty_like(outcomes)
    as_given[places] = outcomes
    return AppendResult(outcomes=as_given, newest=last_of_signals(ordered.take(outcomes == ReadingOutcome.STORED)))


def _compared_with_first(ordered: ReadingColumns, first: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Judge the rows that came after the first of their instant, where all of the first ones are stored."""
    values = ordered.values
    outcomes = np.where(
        values[first][np.cumsum(first) - 1] == values, ReadingOutcome.DUPLICATE, ReadingOutcome.CONFLICTING
    )
    outcomes[first] = ReadingOutcome.STORED
    return outcomes.astype(np.int8)


def _notes(ordered: ReadingColumns) -> dict[str, Any]:
    """Say which partitions rows go into, and what they touch."""
    hours = _hours(ordered.times_us) if len(ordered) else []
    return {
        "instants": [from_us(hour * _HOUR_US) for hour in hours],
        **as_parameters(notes_of(ordered.signal_ids, ordered.times_us)),
    }


def _hours(times_us: NDArray[np.int64]) -> list[int]:
    """Number the hours since 1970 in which rows lie."""
    first, last = int(times_us.min()) // _HOUR_US, int(times_us.max()) // _HOUR_US
    if last - first <= 1:
        return list(range(first, last + 1))
    hours: list[int] = np.unique(times_us // _HOUR_US).tolist()
    return hours
