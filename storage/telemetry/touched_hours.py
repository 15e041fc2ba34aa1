"""What a batch touched, in a note for each hour of data time, so that roll-ups know what to make anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

MINUTE_US = 60_000_000
_WIDTHS_US = tuple(hours * 60 * MINUTE_US for hours in (1, 24, 168, 8_736))
_MOST_NOTES = 64
_MOST_SIGNALS = 1_000  # more are not named: the note is then of all


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """From which minute to which something was touched, in epoch microseconds, and of which signals; None: of many."""

    since_us: int
    until_us: int
    signal_ids: tuple[int, ...] | None


def notes_of(signal_ids: NDArray[np.int32], times_us: NDArray[np.int64]) -> list[Note]:
    """Note what rows, ordered by signal, touch: one note an hour, or one a longer time where there would be many.

    >>> notes_of(np.array([3, 3, 7], np.int32), np.array([61_000_000, 3_700_000_000, 125_000_000]))[0]
    Note(since_us=60000000, until_us=120000000, signal_ids=(3, 7))
    """
    if not len(times_us):
        return []
    first, last = int(times_us.min()), int(times_us.max())
    if first // _WIDTHS_US[0] == last // _WIDTHS_US[0]:
        return [_note(signal_ids, first, last)]
    for width_us in _WIDTHS_US:
        part = times_us // width_us
        parts = np.unique(part)
        if len(parts) <= _MOST_NOTES:
            return [_note_where(part == one, signal_ids, times_us) for one in parts]
    return [_note(signal_ids, first, last)]


def _note_where(rows: NDArray[np.bool_], signal_ids: NDArray[np.int32], times_us: NDArray[np.int64]) -> Note:
    times = times_us[rows]
    return _note(signal_ids[rows], int(times.min()), int(times.max()))


def _note(signal_ids: NDArray[np.int32], first_us: int, last_us: int) -> Note:
    begins = np.ones(len(signal_ids), bool)
    begins[1:] = np.diff(signal_ids) != 0
    named = tuple(signal_ids[begins].tolist()) if np.count_nonzero(begins) <= _MOST_SIGNALS else None
    return Note(since_us=first_us - first_us % MINUTE_US, until_us=last_us - last_us % MINUTE_US, signal_ids=named)


def as_parameters(notes: list[Note]) -> dict[str, list[Any]]:
    """Return the notes as the arrays that a statement unnests; signals as the text of an array."""
    return {
        "since_us": [note.since_us for note in notes],
        "until_us": [note.until_us for note in notes],
        "touched": [note.signal_ids and f"{{{','.join(map(str, note.signal_ids))}}}" for note in notes],
    }
