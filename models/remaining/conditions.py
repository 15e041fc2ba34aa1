"""The conditions a machine is run under, found from its settings: which regime, and how far from its middle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.cluster import KMeans

from models.remaining.history import Floats, History, Places

MOST_REGIMES = 8
WORTH = 0.05
"""One more regime must narrow the spread of the signals within regimes by this part (in nats a signal)."""

MOST_COUNTED = 10_000
"""Regimes are looked for in so many rows, evenly spaced over all histories."""

PART_A_REGIME = 0.01
"""A regime holds at least this part of the rows."""

STILL_PART = 1e-3
"""A setting that moves by less than this part of its value does not move."""

CONSTANT = 1e-16
"""A signal whose squared spread is below this part of its squared mean is constant, but for rounding."""

MARGIN = 1.5
"""Settings farther from every regime than so many times what training held are not judged."""

LEAST_REACH = 0.5
"""In scales of the settings."""


class Conditions(BaseEstimator):  # type: ignore[misc]  # scikit-learn is not typed
    """Regimes of settings: clusters, as many as narrow the spread of the signals within them.

    Fitted: `centre_`, `gain_` (q,) scale the settings, `middle_` (K, q) are the regimes, `reach_` (K,) their radii, in
    scales.
    """

    def fit(self, histories: Sequence[History]) -> Self:
        """Learn the regimes of all histories together."""
        settings, rows = _some(histories)
        self.centre_ = settings.mean(axis=0)
        spread = settings.std(axis=0)
        still = spread <= STILL_PART * np.abs(self.centre_)
        self.gain_ = np.where(still, 0.0, 1.0 / np.where(spread > 0, spread, 1.0))
        placed = (settings - self.centre_) * self.gain_
        self.middle_ = _regimes(placed, rows)
        nearest, away = _nearest(placed, self.middle_)
        farthest = np.array([np.sqrt(away[nearest == k].max(initial=0.0)) for k in range(len(self.middle_))])
        self.reach_ = np.maximum(MARGIN * farthest, LEAST_REACH)
        return self

    def place(self, settings: Floats) -> tuple[Places, Floats]:
        """Return the regime of each row (n,), -1 where it is none that training held, and the distance (n, q) to it.

        Missing settings hold from the row before; the first ones are those that come first.
        """
        placed = (held(settings) - self.centre_) * self.gain_
        nearest, away = _nearest(placed, self.middle_)
        known = np.isfinite(placed).all(axis=1) & (np.sqrt(away) <= self.reach_[nearest])
        return np.where(known, nearest, -1), placed - self.middle_[nearest]


def held(settings: Floats) -> Floats:
    """Fill what is missing with the value before, at the begin with the first one there is.

    >>> held(np.array([[np.nan], [2.0], [np.nan]])).ravel().tolist()
    [2.0, 2.0, 2.0]
    """
    filled = settings.copy()
    for column in filled.T:
        there = np.flatnonzero(np.isfinite(column))
        if len(there):
            last = np.searchsorted(there, np.arange(len(column)), side="right") - 1
            column[:] = column[there[np.maximum(last, 0)]]
    return filled


def _some(histories: Sequence[History]) -> tuple[Floats, Floats]:
    settings = np.concatenate([held(one.settings) for one in histories])
    rows = np.concatenate([one.rows for one in histories])
    usable = np.flatnonzero(np.isfinite(settings).all(axis=1))
    if not len(usable):
        raise ValueError("the settings are missing throughout")
    some = usable[np.unique(np.linspace(0, len(usable) - 1, min(len(usable), MOST_COUNTED)).astype(np.intp))]
    return settings[some], rows[some]


def _regimes(placed: Floats, rows: Floats) -> Floats:
    """Return the middles (K, q) of the regimes: one more as long as that narrows the signals' spread clearly."""
    best: Floats = placed.mean(axis=0, keepdims=True)
    spread = _spread(rows, np.zeros(len(rows), np.intp), 1)
    for count in range(2, min(MOST_REGIMES, len(np.unique(placed, axis=0))) + 1):
        found = KMeans(n_clusters=count, n_init=4, random_state=0).fit(placed)
        if np.bincount(found.labels_, minlength=count).min() < PART_A_REGIME * len(placed):
            continue
        narrowed = _spread(rows, found.labels_, count)
        if narrowed < spread - WORTH:
            best, spread = found.cluster_centers_.astype(np.float64), narrowed
    return best


def _spread(rows: Floats, regime: Places, count: int) -> float:
    """Return the mean logarithm of the signals' standard deviation within regimes, relative to that over all."""
    total = np.zeros(rows.shape[1])
    for k in range(count):
        here = rows[regime == k]
        total += np.nansum((here - _mean(here)) ** 2, axis=0)
    whole = np.nansum((rows - _mean(rows)) ** 2, axis=0)
    varies = whole > CONSTANT * len(rows) * _mean(rows) ** 2
    varies &= whole > 0
    if not varies.any():
        return 0.0
    return float(0.5 * np.log(np.maximum(total[varies] / whole[varies], 1e-9)).mean())


def _mean(rows: Floats) -> Floats:
    there = np.isfinite(rows)
    mean: Floats = np.where(there, rows, 0.0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    return mean


def _nearest(placed: Floats, middle: Floats) -> tuple[Places, Floats]:
    """Return the nearest regime (n,) and the squared distance to it (n,)."""
    away = np.stack([((placed - one) ** 2).sum(axis=1) for one in middle])
    away = np.where(np.isfinite(away), away, np.inf)
    nearest: Places = away.argmin(axis=0)
    return nearest, away[nearest, np.arange(len(placed))]
