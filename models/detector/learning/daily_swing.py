"""Signals that go with the time of day, such as temperatures and the load of a shift: what the hour explains.

A swing that comes every day is no fault, but it hides faults that are smaller. It is learnt where days that were left
out say that it pays, as a few waves a day, and judged as if each day had not been there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.detector.arrays import Flags, Floats
from models.detector.daily import DAY_S, HOURS, between_hours

LEAST_DAYS = 4
"""A swing is known from so many days at least."""

WAVES = (1, 2, 4)
"""So many waves a day are tried; those that foretell left-out days best are taken."""

WORTH = 0.2
"""They must explain this part of what a signal does within a day that they were not learnt from ..."""

WORSE_DAYS = 0.25
"""... and may make no more than this part of the days worse."""

LEAST_ROWS = 8
"""A day of fewer values says nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DailySwing:
    """What the hour adds to each signal, `table` (24, p) or (0, p) where there is nothing, in the signals' units.

    `left_out` (n, p) is the same for each training row, as known from the other days alone.
    """

    table: Floats
    left_out: Floats

    @classmethod
    def of(cls, rows: Floats, time: Floats, among: Flags) -> DailySwing:
        """Learn from rows (n, p) at `time` (n,) seconds the swings of the signals `among` (p,) that have one."""
        signals = rows.shape[1]
        table, left_out = np.zeros((HOURS, signals)), np.zeros_like(rows)
        days = int((time[-1] - time[0]) / DAY_S)
        if days >= LEAST_DAYS:
            day = np.minimum(((time - time[0]) / DAY_S).astype(np.intp), days - 1)
            waves = _between(_WAVES_AT_HOURS, time)
            for j in np.flatnonzero(among):
                there = np.isfinite(rows[:, j])
                if np.bincount(day[there], minlength=days).min() >= LEAST_ROWS:
                    best = _WithinDays.of(rows[there, j], waves[there], day[there]).best()
                    table[:, j] = _WAVES_AT_HOURS[:, : best.shape[1]] @ best[-1]
                    left_out[:, j] = (waves[:, : best.shape[1]] * best[day]).sum(axis=1)
        return cls(table=table if table.any() else table[:0], left_out=left_out)


@dataclass(frozen=True, kw_only=True, slots=True)
class _WithinDays:
    """A signal's values (m,) and the waves (m, w), each less its mean of the day; `of_day` are the rows of each day.

    `squares` (days, w, w) and `products` (days, w) are the sums that least squares needs.
    """

    values: Floats
    waves: Floats
    of_day: list[NDArray[np.intp]]
    squares: Floats
    products: Floats

    @classmethod
    def of(cls, values: Floats, waves: Floats, day: NDArray[np.intp]) -> _WithinDays:
        of_day = [np.flatnonzero(day == one) for one in range(int(day[-1]) + 1)]
        values, waves = values.copy(), waves.copy()
        for rows in of_day:
            values[rows] -= values[rows].mean()
            waves[rows] -= waves[rows].mean(axis=0)
        return cls(
            values=values,
            waves=waves,
            of_day=of_day,
            squares=np.stack([waves[rows].T @ waves[rows] for rows in of_day]),
            products=np.stack([waves[rows].T @ values[rows] for rows in of_day]),
        )

    def best(self) -> Floats:
        """Return the weights (days + 1, w) of the waves that foretell best: without each day, and of all days last.

        There are none, w = 0, where no number of waves pays.
        """
        flat = self._left(np.zeros((len(self.of_day) + 1, 0)))
        best, least = np.zeros((len(self.of_day) + 1, 0)), (1.0 - WORTH) * float(flat.sum())
        for number in WAVES:
            weights = self._weights(2 * number)
            left = self._left(weights)
            if left.sum() <= least and (left > flat).mean() <= WORSE_DAYS:
                best, least = weights, float(left.sum())
        return best

    def _weights(self, waves: int) -> Floats:
        square, product = self.squares.sum(axis=0), self.products.sum(axis=0)
        some = slice(0, waves)
        days = [(square - one, product - other) for one, other in zip(self.squares, self.products, strict=True)]
        return np.stack([np.linalg.lstsq(x[some, some], y[some], rcond=None)[0] for x, y in [*days, (square, product)]])

    def _left(self, weights: Floats) -> Floats:
        """Return the mean square of each day (days,) that the weights without it do not explain."""
        waves = self.waves[:, : weights.shape[1]]
        rest = [self.values[rows] - waves[rows] @ mine for rows, mine in zip(self.of_day, weights[:-1], strict=True)]
        return np.array([float((each**2).mean()) for each in rest])


def _between(at_hours: Floats, time: Floats) -> Floats:
    """Return a table at the hours (24, w) at the times of day of `time` (n,), with straight lines between."""
    before, after, part = between_hours(time)
    return at_hours[before] + part[:, None] * (at_hours[after] - at_hours[before])


def _waves() -> Floats:
    """Return waves at the 24 hours (24, 2 * the most waves), each with mean 0: one a day first."""
    angle = 2.0 * np.pi * (np.arange(HOURS) + 0.5)[:, None] / HOURS * np.arange(1, max(WAVES) + 1)
    waves: Floats = np.stack([np.cos(angle), np.sin(angle)], axis=2).reshape(HOURS, -1)
    return waves


_WAVES_AT_HOURS = _waves()
