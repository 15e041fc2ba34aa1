"""Learn the operating regimes of a machine from its settings, and what its signals are in each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans

from models.detector.arrays import Flags, Floats

MOST_REGIMES = 6
FOLDS, STRETCHES = 5, 50
"""Regimes are counted by how well they foretell what was left out: each fifth of many short stretches of training."""

WORTH = 0.05
"""More regimes must foretell better by so many nats a value."""

LEAST_SPREAD = 1e-3
MOST_SURPRISE = 25.0
"""In scales of all rows, and squared: what bounds how good or bad a single value may make a regime look."""

ROWS_A_REGIME = 30
PART_A_REGIME = 0.02
"""A regime is known from so many rows at least, and this part of them."""

MOST_COUNTED = 1_000
"""Regimes are counted on so many rows, evenly spaced over the training."""

RIDGE = 1e-3
"""A slope is shrunk by this part of the rows' spread in their settings, so that a still setting has none."""

PRIOR_ROWS = 50
"""A regime's spread leans on that of all regimes as if so many rows had shown it."""

STILL_PART = 0.02
"""A setting that never moved may move by this part of its value before it is another regime."""

MARGIN = 1.3
"""A regime reaches so much farther from its centroid than training went."""

LEAST_REACH = 0.25
"""In scales of the settings."""

BRIDGED = 2.0
"""A regime reaches half of the way to the next where that is no more than so many of its own radii beyond its edge."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LearntRegimes:
    """K regimes of q settings and p signals: `Norms` without the axis of assets; `of` (n,) is each row's regime."""

    setting_at: NDArray[np.intp]
    setting_centre: Floats
    setting_gain: Floats
    centroid: Floats
    reach: Floats
    centre: Floats
    slope: Floats
    gain: Floats
    of: NDArray[np.intp]

    def scaled(self, rows: Floats) -> Floats:
        """Return the residuals (n, p) of training rows in scales: what their settings do not explain."""
        residual: Floats = self.unexplained(rows) * self.gain[self.of]
        return residual

    def unexplained(self, rows: Floats) -> Floats:
        """Return what the settings of training rows (n, p) do not explain, in the signals' units."""
        local = self._local(rows)
        rest: Floats = rows - (self.centre[self.of] + (self.slope[self.of] * local[:, None, :]).sum(axis=2))
        return rest

    def foretold(self, rows: Floats, learnt: Flags, asked: slice) -> Floats:
        """Return the residuals of the training rows `asked` for, by what the `learnt` ones (n,) alone say of regimes.

        NaN where those do not know the regime of a row: too few of them were in it, or none was near its settings.
        """
        local = self._local(rows)
        values, near = rows[asked], local[asked]
        residual = np.full(values.shape, np.nan)
        away = (local**2).sum(axis=1)
        reach = _reaches(away[learnt], self.of[learnt], self.centroid)
        for k in range(len(self.centroid)):
            known = np.flatnonzero((self.of == k) & learnt)
            here = np.flatnonzero(((self.of == k) & (away <= reach[k]))[asked])
            if len(known) < min(ROWS_A_REGIME, int(learnt.sum())):
                continue
            middle, slope = _fit_signals(rows[known], local[known], self.centre[k])
            residual[here] = (values[here] - middle - near[here] @ slope.T) * self.gain[k]
        return residual

    def _local(self, rows: Floats) -> Floats:
        return _settings(rows, self.setting_at, self.setting_centre, self.setting_gain) - self.centroid[self.of]


def learn_regimes(rows: Floats, settings: NDArray[np.intp], centre: Floats, gain: Floats) -> LearntRegimes:
    """Learn from rows (n, p); `centre` and `gain` (p,) are those of all rows together, gain 0 for what is constant."""
    judged = gain > 0
    judged[settings] = False
    if not len(settings):
        return _single_regime(rows, centre, np.where(judged, gain, 0.0))
    setting_centre, setting_gain = _setting_scales(settings, centre, gain)
    placed = _settings(rows, settings, setting_centre, setting_gain)
    of, centroid = _choose_regimes(placed, (rows - centre) * np.where(judged, gain, 0.0))
    away = ((placed - centroid[of]) ** 2).sum(axis=1)
    fits = [_fit_signals(rows[of == k], placed[of == k] - centroid[k], centre) for k in range(len(centroid))]
    residual = rows - np.stack([fit[0] for fit in fits])[of]
    residual -= (np.stack([fit[1] for fit in fits])[of] * (placed - centroid[of])[:, None, :]).sum(axis=2)
    return LearntRegimes(
        setting_at=settings,
        setting_centre=setting_centre,
        setting_gain=setting_gain,
        centroid=centroid,
        reach=_reaches(away, of, centroid),
        centre=np.stack([fit[0] for fit in fits]),
        slope=np.stack([fit[1] for fit in fits]),
        gain=_gains(residual, of, judged),
        of=of,
    )


def _single_regime(rows: Floats, centre: Floats, gain: Floats) -> LearntRegimes:
    """Return the one regime of a machine without settings."""
    signals = rows.shape[1]
    return LearntRegimes(
        setting_at=np.empty(0, np.intp),
        setting_centre=np.empty(0),
        setting_gain=np.empty(0),
        centroid=np.empty((1, 0)),
        reach=np.full(1, np.inf),
        centre=centre[None, :],
        slope=np.empty((1, signals, 0)),
        gain=gain[None, :],
        of=np.zeros(len(rows), np.intp),
    )


def _setting_scales(settings: NDArray[np.intp], centre: Floats, gain: Floats) -> tuple[Floats, Floats]:
    middle = centre[settings]
    moved = gain[settings] > 0
    spread = np.where(moved, 1.0 / np.where(moved, gain[settings], 1.0), 0.0)
    return middle, 1.0 / np.maximum(np.maximum(spread, STILL_PART * np.abs(middle)), 1e-9)


def _settings(rows: Floats, settings: NDArray[np.intp], centre: Floats, gain: Floats) -> Floats:
    """Return scaled settings (n, q), each held until the next one; the first is held backwards."""
    values = (rows[:, settings] - centre) * gain
    for column in values.T:
        known = np.flatnonzero(np.isfinite(column))
        if not len(known):
            column[:] = 0.0
            continue
        last = np.searchsorted(known, np.arange(len(column)), side="right") - 1
        column[:] = column[known[np.maximum(last, 0)]]
    return values


def _choose_regimes(placed: Floats, z: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Choose how many regimes there are: more as long as that foretells what was left out clearly better."""
    some = np.unique(np.linspace(0, len(placed) - 1, min(len(placed), MOST_COUNTED)).astype(np.intp))
    judged = (np.isfinite(z).any(axis=0)) & (np.nanmax(np.abs(np.nan_to_num(z)), axis=0) > 0)
    few, asked = placed[some], z[np.ix_(some, judged)]
    best = np.median(few, axis=0)[None, :]
    left = _prediction_error(few, asked, best)
    for count in range(2, min(MOST_REGIMES, len(np.unique(few, axis=0))) + 1):
        centroid = KMeans(n_clusters=count, n_init=1, random_state=0).fit(few).cluster_centers_
        if np.bincount(_nearest(few, centroid), minlength=count).min() < max(ROWS_A_REGIME, PART_A_REGIME * len(few)):
            break
        now = _prediction_error(few, asked, centroid)
        if now < left - WORTH:
            best, left = centroid, now
    return _nearest(placed, best), best


def _nearest(placed: Floats, centroid: Floats) -> NDArray[np.intp]:
    away = np.stack([((placed - one) ** 2).sum(axis=1) for one in centroid])
    nearest: NDArray[np.intp] = away.argmin(axis=0)
    return nearest


def _prediction_error(placed: Floats, z: Floats, centroid: Floats) -> float:
    """Return how badly regimes around `centroid` foretell stretches they were not fitted to, in nats a value.

    That is the negative logarithm of a normal density around what each regime expects, with its own spread.
    """
    fold = np.arange(len(placed)) * STRETCHES // len(placed) % FOLDS
    of, left, values = _nearest(placed, centroid), 0.0, 0
    for k in range(FOLDS):
        for regime in range(len(centroid)):
            learnt, here = np.flatnonzero((of == regime) & (fold != k)), np.flatnonzero((of == regime) & (fold == k))
            near, far = placed[learnt] - centroid[regime], placed[here] - centroid[regime]
            middle, slope = _fit_signals(z[learnt], near, np.zeros(z.shape[1]))
            spread = np.array([_spread(column) for column in (z[learnt] - middle - near @ slope.T).T])
            spread = np.maximum(spread, LEAST_SPREAD)
            surprise = np.log(spread) + 0.5 * np.minimum(
                ((z[here] - middle - far @ slope.T) / spread) ** 2, MOST_SURPRISE
            )
            left += float(np.nansum(surprise))
            values += int(np.isfinite(surprise).sum())
    return left / max(values, 1)


def _fit_signals(rows: Floats, local: Floats, otherwise: Floats) -> tuple[Floats, Floats]:
    """Fit each signal by its settings' distance from the centroid: values there (p,) and slopes (p, q)."""
    middle, slope = otherwise.copy(), np.zeros((rows.shape[1], local.shape[1]))
    for j, column in enumerate(rows.T):
        there = np.isfinite(column)
        if there.sum() < ROWS_A_REGIME // 3:
            continue
        x = local[there]
        mean_x, mean_y = x.mean(axis=0), float(column[there].mean())
        spread = (x - mean_x).T @ (x - mean_x)
        ridge = RIDGE * len(x) * np.eye(x.shape[1])
        slope[j] = np.linalg.solve(spread + ridge, (x - mean_x).T @ (column[there] - mean_y))
        rest = column[there] - x @ slope[j]
        middle[j] = float(np.median(rest))
    return middle, slope


def _gains(residual: Floats, of: NDArray[np.intp], judged: Flags) -> Floats:
    """Return 1 / scale of each signal in each regime (K, p), leaning on that of all regimes."""
    everywhere = np.array([_spread(column) for column in residual.T])
    gains = np.zeros((of.max() + 1, residual.shape[1]))
    for k in range(len(gains)):
        here = residual[of == k]
        own = np.array([_spread(column) for column in here.T])
        rows = np.isfinite(here).sum(axis=0)
        square = (rows * own**2 + PRIOR_ROWS * everywhere**2) / (rows + PRIOR_ROWS)
        gains[k] = np.where(judged & (square > 0), 1.0 / np.sqrt(np.where(square > 0, square, 1.0)), 0.0)
    return gains


def _spread(column: Floats) -> float:
    """Return the standard deviation after winsorising to the 1st and 99th percentile; 0 where there is too little."""
    values = column[np.isfinite(column)]
    if len(values) < 2:
        return 0.0
    return float(np.clip(values, *np.percentile(values, [1, 99])).std()) or float(values.std())


def _reaches(away: Floats, of: NDArray[np.intp], centroid: Floats) -> Floats:
    """Return the squared distance up to which each regime is known (K,), from the squared distances of its rows (n,).

    Between settings that vary continuously the gap is bridged; two regimes with nothing between them are not joined.
    """
    radius = np.array([np.sqrt(away[of == k].max(initial=0.0)) for k in range(len(centroid))])
    apart = np.sqrt(((centroid[:, None, :] - centroid) ** 2).sum(axis=2))
    np.fill_diagonal(apart, np.inf)
    gap = (apart - radius[:, None] - radius).min(axis=1)
    bridge = radius + np.where(np.isfinite(gap) & (gap / 2.0 <= BRIDGED * radius), np.maximum(gap / 2.0, 0.0), 0.0)
    reaches: Floats = np.maximum(np.maximum(MARGIN * radius, LEAST_REACH), bridge) ** 2
    return reaches
