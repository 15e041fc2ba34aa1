"""Telemetry as it comes when things go wrong, and what the record must make of it, computed in numpy alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from plant.reading import Flag
from storage.binary.columns import ReadingColumns
from storage.telemetry.windows import to_us

BAD = int(Flag.QUALITY_BAD)
_FLAGS = np.array([0, 0, 0, BAD, int(Flag.QUALITY_UNCERTAIN), int(Flag.LATE)], np.int16)


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What devices have said, each instant once: the first received. By signal and time."""

    rows: ReadingColumns
    conflicts: int

    def good(self, signal_id: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Instants and values of a signal that are not of bad quality."""
        mask = (self.rows.signal_ids == signal_id) & (self.rows.flags & BAD == 0)
        return self.rows.times_us[mask], self.rows.values[mask]


def stretch(
    chance: np.random.Generator, signal_ids: list[int], start: datetime, length: timedelta, count: int
) -> ReadingColumns:
    """Irregular readings of some signals, to the microsecond, with all kinds of flags and holes in them."""
    times = to_us(start) + chance.integers(0, length // timedelta(microseconds=1), count)
    hole = (times // 60_000_000) % 37 < 4
    times = times[~hole]
    return ReadingColumns(
        signal_ids=chance.choice(np.array(signal_ids, np.int32), len(times)),
        times_us=times,
        values=np.round(chance.normal(50, 20, len(times)), 3),
        flags=chance.choice(_FLAGS, len(times)),
    )


def deliveries(chance: np.random.Generator, said: ReadingColumns, size: int) -> Iterator[ReadingColumns]:
    """Bring it out of order: shuffled, a fifth of it twice, a twentieth again with another value, in batches."""
    again, other = (said.take(chance.random(len(said)) < part) for part in (0.2, 0.05))
    other = ReadingColumns(
        signal_ids=other.signal_ids, times_us=other.times_us, values=other.values + 1000, flags=other.flags
    )
    everything = ReadingColumns.joined([said, again, other])
    shuffled = everything.take(chance.permutation(len(everything)))
    for at in range(0, len(shuffled), size):
        yield shuffled.take(np.arange(at, min(at + size, len(shuffled))))


def told(batches: list[ReadingColumns]) -> Told:
    """What the record must hold after these batches, in the order in which they came."""
    first: dict[tuple[int, int], tuple[float, int]] = {}
    others: set[tuple[int, int, float]] = set()
    for batch in batches:
        columns = (batch.signal_ids, batch.times_us, batch.values, batch.flags)
        for signal_id, time_us, value, flags in zip(*(column.tolist() for column in columns), strict=True):
            held, _ = first.setdefault((signal_id, time_us), (value, flags))
            if held != value:
                others.add((signal_id, time_us, value))
    keys = sorted(first)
    rows = ReadingColumns.of(
        [key[0] for key in keys],
        [key[1] for key in keys],
        [first[key][0] for key in keys],
        [first[key][1] for key in keys],
    )
    return Told(rows=rows, conflicts=len(others))


def rolled(
    known: Told, signal_ids: list[int], step: timedelta
) -> list[tuple[int, int, float, float, float, int, float]]:
    """The roll-up of that: signal, step in epoch microseconds, min, max, sum, count, last, by signal and step."""
    found = []
    step_us = step // timedelta(microseconds=1)
    for signal_id in sorted(signal_ids):
        times, values = known.good(signal_id)
        for begin in np.unique(times // step_us):
            part = values[times // step_us == begin]
            found.append(
                (
                    signal_id,
                    int(begin) * step_us,
                    float(part.min()),
                    float(part.max()),
                    float(part.sum()),
                    len(part),
                    float(part[-1]),
                )
            )
    return found
