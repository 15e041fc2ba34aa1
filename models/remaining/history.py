"""What a machine has said since it was new, and the same cut into steps of equal length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

STEPS_A_LIFE = 200
"""A life is looked at in about so many steps, or in single rows where they are farther apart."""


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """One machine since it was new or renewed: n rows of p signals and q settings, NaN where a value is missing.

    Attributes:
        time: (n,) increasing, in any unit that is the same for all machines (seconds, cycles).
        rows: (n, p) what was measured.
        settings: (n, q) how it was run: speed, load, ambient conditions. q may be 0.
        begin: when its life began, in the same unit; where it is later than the first row, the first row counts.
    """

    time: Floats
    rows: Floats
    settings: Floats
    begin: float

    def __post_init__(self) -> None:
        if not len(self.time) == len(self.rows) == len(self.settings):
            raise ValueError(f"{len(self.time)} instants, {len(self.rows)} rows, {len(self.settings)} settings")
        if not len(self.time):
            raise ValueError("a history needs at least one row")
        if (np.diff(self.time) <= 0).any():
            raise ValueError("the time of a history must increase")

    @property
    def age(self) -> float:
        """Return how old the machine was at the first row; 0 where its life began with it or later."""
        return max(0.0, float(self.time[0]) - self.begin)

    def until(self, count: int) -> History:
        """Return its first `count` rows."""
        return History(time=self.time[:count], rows=self.rows[:count], settings=self.settings[:count], begin=self.begin)


@dataclass(frozen=True, kw_only=True, slots=True)
class Life:
    """A history that ended in failure at `failed_at`, in the unit of its time."""

    history: History
    failed_at: float

    def __post_init__(self) -> None:
        if self.failed_at < self.history.time[-1]:
            raise ValueError(f"a machine that failed at {self.failed_at:g} has a row at {self.history.time[-1]:g}")

    @property
    def length(self) -> float:
        """Return how long it lived, in the unit of its time."""
        return self.failed_at - float(self.history.time[0]) + self.history.age


def step_of(lives: Sequence[Life]) -> float:
    """Choose the length of a step: whole periods, some 200 a median life.

    >>> def life(period): return Life(
    ...     history=History(time=np.arange(0, 1000, period), rows=np.zeros((1000 // period, 1)),
    ...         settings=np.zeros((1000 // period, 0)), begin=0.0), failed_at=1000.0)
    >>> step_of([life(1)]), step_of([life(20)])
    (5.0, 20.0)
    """
    usual = float(np.median([life.length for life in lives]))
    gaps = [float(np.median(np.diff(life.history.time))) for life in lives if len(life.history.time) > 1]
    period = float(np.median(gaps)) if gaps else usual / STEPS_A_LIFE
    return period * max(1, round(usual / STEPS_A_LIFE / period))


def place_in_steps(time: Floats, step: float) -> Places:
    """Return the step of each instant (n,), counted from the first; an instant on a border begins a step.

    >>> place_in_steps(np.array([10.0, 10.9, 11.0, 13.0]), 1.0).tolist()
    [0, 0, 1, 3]
    """
    place: Places = np.floor((time - time[0]) / step + 1e-9).astype(np.intp)
    return place
