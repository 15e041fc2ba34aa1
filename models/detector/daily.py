"""What a signal does at each time of day: a table over the hours, with straight lines between them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.detector.arrays import Floats

DAY_S, HOURS = 86_400.0, 24
"""A day of UTC, and at how many times of it a swing is known: the middle of each hour."""


def between_hours(time: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """Return the entries before and after the times of day (n,) of `time`, epoch seconds, and how far between them.

    >>> before, after, part = between_hours(np.array([0.0, 1800.0, 3600.0]))
    >>> before.tolist(), after.tolist(), part.tolist()
    ([23, 0, 0], [0, 1, 1], [0.5, 0.0, 0.5])
    """
    hours = (time - np.floor(time / DAY_S) * DAY_S) / (DAY_S / HOURS) - 0.5
    begin = np.floor(hours)
    before = np.where(begin < 0, HOURS - 1, begin).astype(np.intp)
    return before, np.where(before == HOURS - 1, 0, before + 1), hours - begin


def swing(table: Floats, time: Floats) -> Floats:
    """Return what the time of day adds to each signal (p, A) by a `table` (24, p, A), 0 where `time` (A,) is NaN."""
    there = np.isfinite(time)
    before, after, part = between_hours(np.where(there, time, 0.0))
    assets = np.arange(len(time))
    early, late = table[before, :, assets].T, table[after, :, assets].T
    return np.where(there, early + part * (late - early), 0.0)
