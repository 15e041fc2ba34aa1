"""Readings in columns, as they come in and as they are stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plant.reading import Flag
from storage.binary import arrays
from storage.binary.copy_format import EPOCH_US, copy_body

_NEVER_LATEST = int(Flag.HISTORICAL | Flag.CLOCK_AHEAD)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ReadingColumns:
    """Readings as columns of one length, in the order in which they were received.

    `times_us` counts microseconds since 1970, UTC; `values` are in the unit of their signal and finite;
    `flags` are `plant.reading.Flag`.
    """

    signal_ids: NDArray[np.int32]
    times_us: NDArray[np.int64]
    values: NDArray[np.float64]
    flags: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.signal_ids)

    def take(self, rows: NDArray[Any]) -> ReadingColumns:
        """Return the rows that `rows` names by number or by mask."""
        return ReadingColumns(
            signal_ids=self.signal_ids[rows],
            times_us=self.times_us[rows],
            values=self.values[rows],
            flags=self.flags[rows],
        )

    @classmethod
    def of(
        cls, signal_ids: Sequence[int], times_us: Sequence[int], values: Sequence[float], flags: Sequence[int]
    ) -> ReadingColumns:
        """Build columns from plain sequences."""
        return cls(
            signal_ids=np.array(signal_ids, np.int32),
            times_us=np.array(times_us, np.int64),
            values=np.array(values, np.float64),
            flags=np.array(flags, np.int16),
        )

    @classmethod
    def joined(cls, parts: Sequence[ReadingColumns]) -> ReadingColumns:
        """Put columns one after another."""
        return cls(
            signal_ids=np.concatenate([part.signal_ids for part in parts]),
            times_us=np.concatenate([part.times_us for part in parts]),
            values=np.concatenate([part.values for part in parts]),
            flags=np.concatenate([part.flags for part in parts]),
        )

    def as_arrays(self) -> dict[str, object]:
        """Return the columns as the arrays that a statement unnests."""
        return {
            "signal_ids": arrays.integers(self.signal_ids),
            "times": arrays.instants(self.times_us),
            "values": arrays.doubles(self.values),
            "flags": arrays.smallints(self.flags),
        }


def body_of(columns: ReadingColumns, *, numbered: bool = False) -> bytes:
    """Build the body of the binary COPY of these rows, in their order; `numbered` for the stage."""
    number = [(">i4", np.arange(len(columns)))] if numbered else []
    return copy_body(
        [
            *number,
            (">i8", columns.times_us - EPOCH_US),
            (">i4", columns.signal_ids),
            (">i2", columns.flags),
            (">f8", columns.values),
        ]
    )


def last_of_signals(ordered: ReadingColumns) -> ReadingColumns:
    """Return the last row of each signal, by signal; historical rows and rows ahead of the clock do not count.

    >>> last_of_signals(ReadingColumns.of([3, 7, 7], [5, 10, 20], [0.5, 1.0, 2.0], [8, 0, 0])).values.tolist()
    [2.0]
    """
    live = ordered.take((ordered.flags & _NEVER_LATEST) == 0)
    last = np.ones(len(live), bool)
    last[:-1] = np.diff(live.signal_ids) != 0
    return live.take(last)
