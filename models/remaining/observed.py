"""A history in steps: what the signals were on average in each step and regime."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.remaining.conditions import Conditions
from models.remaining.history import Floats, History, Places, place_in_steps


@dataclass(frozen=True, kw_only=True, slots=True)
class StepMeans:
    """m means over the rows of one step in one regime, in the order of time; rows of no known regime are left out.

    Attributes:
        steps: how many steps the history has, also those without any row.
        step: (m,) the step of each mean, from 0.
        regime: (m,) its regime.
        values: (m, p) the signals, NaN where one was missing throughout.
        away: (m, q) the settings' distance from the middle of the regime, in scales.
    """

    steps: int
    step: Places
    regime: Places
    values: Floats
    away: Floats


def observe(history: History, conditions: Conditions, step: float) -> StepMeans:
    """Average a history over steps of length `step`."""
    regime, away = conditions.place(history.settings)
    place = place_in_steps(history.time, step)
    known = regime >= 0
    key = place[known] * len(conditions.middle_) + regime[known]
    cells, cell = np.unique(key, return_inverse=True)
    return StepMeans(
        steps=int(place[-1]) + 1,
        step=cells // len(conditions.middle_),
        regime=cells % len(conditions.middle_),
        values=_means(history.rows[known], cell, len(cells)),
        away=_means(away[known], cell, len(cells)),
    )


def _means(rows: Floats, cell: Places, cells: int) -> Floats:
    """Return the mean of each column over the rows of each cell (cells, columns), NaN where there is none."""
    mean = np.full((cells, rows.shape[1]), np.nan)
    for j, column in enumerate(rows.T):
        there = np.isfinite(column)
        count = np.bincount(cell[there], minlength=cells)
        total = np.bincount(cell[there], weights=column[there], minlength=cells)
        mean[count > 0, j] = total[count > 0] / count[count > 0]
    return mean
