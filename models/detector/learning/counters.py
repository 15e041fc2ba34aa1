"""Running counters, such as energy and hours: they only grow, so what can be judged is how fast."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.detector.arrays import Flags, Floats

LEAST_VALUES = 30
"""Fewer values show no counter ..."""

LEAST_STEPS = 10
"""... nor does one that grew in fewer of them."""

STRAIGHT = 0.999
"""A counter's value goes with time: the least correlation of the two."""


def running(rows: Floats, time: Floats, settings: Sequence[int]) -> Flags:
    """Say which signals (p,) are running counters: they never fall, grow often, and about evenly in time.

    >>> clock = np.arange(100.0)
    >>> running(np.c_[clock * 3.0, np.sin(clock), np.sqrt(clock)], clock, ()).tolist()
    [True, False, False]
    """
    counting = np.zeros(rows.shape[1], np.bool_)
    for j, column in enumerate(rows.T):
        there = np.flatnonzero(np.isfinite(column))
        if j in settings or len(there) < LEAST_VALUES:
            continue
        steps = np.diff(column[there])
        if (steps < 0).any() or (steps > 0).sum() < LEAST_STEPS:
            continue
        counting[j] = np.corrcoef(time[there], column[there])[0, 1] >= STRAIGHT
    return counting


def with_rates(rows: Floats, time: Floats, counting: Flags) -> Floats:
    """Return the rows (n, p) with the rate of each counter since its value before; its first has none.

    >>> with_rates(np.array([[1.0], [np.nan], [5.0]]), np.array([0.0, 1.0, 2.0]), np.array([True])).ravel().tolist()
    [nan, nan, 2.0]
    """
    if not counting.any():
        return rows
    rates = rows.copy()
    for j in np.flatnonzero(counting):
        there = np.flatnonzero(np.isfinite(rows[:, j]))
        rates[:, j] = np.nan
        rates[there[1:], j] = np.diff(rows[there, j]) / np.diff(time[there])
    return rates
