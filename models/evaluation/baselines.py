"""Four plain detectors, a page of scikit-learn: what the service's own must beat to be worth its lines."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from sklearn.covariance import LedoitWolf
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import Ridge

from models.detector.arrays import Floats

RARE = 0.99
"""The line of each is this quantile of its own training."""

SMOOTHING = 0.1
"""Weight of the newest row where a level is smoothed."""

KEPT_VARIANCE = 0.9

Baseline = Callable[[Floats, Floats], Floats]
"""Learns from training rows (m, p) and returns the levels of rows (n, p) that come after them, 1 on its line."""


def prepared(training: Floats, rows: Floats) -> tuple[Floats, Floats]:
    """Return both in spreads of the training, without columns that never moved; gaps hold the last value."""
    together = np.concatenate([training, rows])
    for column in together.T:
        known = np.flatnonzero(np.isfinite(column))
        last = np.searchsorted(known, np.arange(len(column)), side="right") - 1
        column[:] = column[known[np.maximum(last, 0)]] if len(known) else 0.0
    first = together[: len(training)]
    spread = first.std(axis=0)
    moved = spread > 1e-9 * np.maximum(np.abs(first.mean(axis=0)), 1e-9)
    scaled = (together[:, moved] - first[:, moved].mean(axis=0)) / spread[moved]
    first, after = scaled[: len(training)], scaled[len(training) :]
    return first, after


def smoothed(rows: Floats) -> Floats:
    """Return the exponentially weighted mean of rows (n, ...)."""
    path, mean = np.empty_like(rows), np.zeros(rows.shape[1:])
    for k, row in enumerate(rows):
        mean = mean + SMOOTHING * (row - mean)
        path[k] = mean
    return path


def pca(training: Floats, rows: Floats) -> Floats:
    """Judge by Hotelling's T² and the squared prediction error, each with a line of its own."""
    healthy, new = prepared(training, rows)
    model = PCA(n_components=KEPT_VARIANCE, svd_solver="full").fit(healthy)

    def both(part: Floats) -> Floats:
        inside = model.transform(part)
        error = ((part - model.inverse_transform(inside)) ** 2).sum(axis=1)
        distances: Floats = np.c_[(inside**2 / model.explained_variance_).sum(axis=1), error]
        return distances

    line = np.quantile(both(healthy), RARE, axis=0)
    level: Floats = (both(new) / np.where(line > 1e-12, line, np.inf)).max(axis=1)
    return level


def mewma(training: Floats, rows: Floats) -> Floats:
    """Judge smoothed rows by their Mahalanobis distance with a shrunk covariance (Lowry et al. 1992)."""
    healthy, new = prepared(training, rows)
    path = smoothed(np.concatenate([healthy, new]))
    covariance = LedoitWolf(assume_centered=True).fit(path[: len(healthy)])
    return _in_lines(np.sqrt(covariance.mahalanobis(path)), len(healthy))


def ridge(training: Floats, rows: Floats) -> Floats:
    """Judge each row by how badly a ridge regression predicts each signal from the others, smoothed."""
    healthy, new = prepared(training, rows)
    both = np.concatenate([healthy, new])
    error = np.zeros_like(both)
    for j in range(both.shape[1]):
        others = np.delete(both, j, axis=1)
        told = Ridge().fit(others[: len(healthy)], healthy[:, j]).predict(others) if others.shape[1] else 0.0
        rest = both[:, j] - told
        error[:, j] = rest / max(rest[: len(healthy)].std(), 1e-9)
    return _in_lines(np.sqrt((smoothed(error) ** 2).mean(axis=1)), len(healthy))


def isolation_forest(training: Floats, rows: Floats) -> Floats:
    """Judge each row by how few cuts set it apart."""
    healthy, new = prepared(training, rows)
    forest = IsolationForest(random_state=0).fit(healthy)
    return _in_lines(-forest.score_samples(np.concatenate([healthy, new])), len(healthy))


BASELINES: dict[str, Baseline] = {
    "PCA T² and SPE": pca,
    "MEWMA": mewma,
    "ridge residuals": ridge,
    "isolation forest": isolation_forest,
}


def _in_lines(level: Floats, training: int) -> Floats:
    line = float(np.quantile(level[:training], RARE))
    told: Floats = level[training:] / (line or 1.0)
    return told
