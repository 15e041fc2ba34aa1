"""What the wear of a machine looked like up to each step: the columns that remaining life is predicted from."""

from __future__ import annotations

from itertools import combinations_with_replacement
from typing import Self

import numpy as np
from scipy.signal import lfilter
from sklearn.base import BaseEstimator

from models.remaining.history import Floats
from models.remaining.wear import Evidence, settle

TREND_STEPS = (5, 10, 20, 40, 80)
"""Over how many last steps a level and a trend are fitted, weighted exponentially."""

LEVEL_STEPS = (3, 8, 20)
START_STEPS = (8, 20, 40)
"""Over how many first steps the wear at the begin is taken."""

HEALTH_STEPS = (3, 6, 12, 25)
CHANGE_STEPS = (10, 20, 40)
SETTLED_STEPS = 15
LEAN, HEALTH_LEAN = 0.02, 0.05
TREND_LEAN = 400 * LEAN
"""A trend leans on none as if so much evidence, in squared scales and squared steps, spoke for it."""

DECAYS = (0.12, 0.32, 0.64)
"""Health decays with these time constants before failure, in parts of the horizon."""

DEGREE = 3
SPAN = 4.0
"""The health is a polynomial within so many standard deviations of each number of wear."""


class HealthMap(BaseEstimator):  # type: ignore[misc]  # scikit-learn is not typed
    """Polynomials that say from the wear alone how near failure is: exp(-remaining / decay) for each decay.

    Fitted: `centre_`, `scale_` (k,) and `coefficient_` (terms, decays).
    """

    def fit(self, wear: Floats, left: Floats, horizon: float) -> Self:
        """Learn from wear (n, k) with `left` (n,) remaining; what is near failure counts more."""
        self.centre_, self.scale_ = wear.mean(axis=0), np.maximum(wear.std(axis=0), 1e-9)
        terms = self._terms(wear)
        weight = np.exp(-left / (1.2 * horizon))[:, None]
        target = np.exp(-left[:, None] / (np.array(DECAYS) * horizon))
        gram = terms.T @ (terms * weight) + np.eye(terms.shape[1])
        self.coefficient_ = np.linalg.solve(gram, terms.T @ (target * weight))
        return self

    def predict(self, wear: Floats) -> Floats:
        """Return about 0 (n, decays) where failure is far, 1 where it is now."""
        near: Floats = self._terms(wear) @ self.coefficient_
        return near

    def _terms(self, wear: Floats) -> Floats:
        x = np.clip((wear - self.centre_) / self.scale_, -SPAN, SPAN)
        products = [
            x[:, list(columns)].prod(axis=1)
            for degree in range(DEGREE + 1)
            for columns in combinations_with_replacement(range(x.shape[1]), degree)
        ]
        return np.stack(products, axis=1)


def features(evidence: Evidence, health: HealthMap, age: float) -> Floats:
    """Return the columns (n, f) for each of n steps; each row knows of its step and earlier ones only.

    `age` is how many steps old the machine was before the first.
    """
    weight, pull = evidence.weight, evidence.pull
    trends = [_trend(evidence, steps / 2) for steps in TREND_STEPS]
    now = trends[1][0]
    starts = [_start(evidence, steps) for steps in (*START_STEPS, len(evidence))]
    columns = [
        part * size
        for (level, slope), steps in zip(trends, TREND_STEPS, strict=True)
        for part, size in ((level, 1.0), (slope, float(steps)))
    ]
    columns += [settle(_recent(weight, steps), _recent(pull, steps), LEAN) for steps in LEVEL_STEPS]
    columns += [part for start in starts for part in (start, now - start)]
    columns.append(age + np.arange(1.0, len(evidence) + 1)[:, None])
    columns += _health_columns(evidence, health)
    return np.hstack(columns)


def _health_columns(evidence: Evidence, health: HealthMap) -> list[Floats]:
    at = np.arange(len(evidence))
    columns: list[Floats] = []
    for steps in HEALTH_STEPS:
        now = health.predict(settle(_recent(evidence.weight, steps), _recent(evidence.pull, steps), HEALTH_LEAN))
        columns.append(now)
        columns += [(now - now[np.maximum(at - back, 0)])[:, 1:] for back in CHANGE_STEPS]
    columns.append(now - now[np.minimum(at, SETTLED_STEPS)])
    return columns


def recent_wear(evidence: Evidence, steps: float) -> Floats:
    """Return the wear (n, k) that the last steps speak for, weighted exponentially."""
    return settle(_recent(evidence.weight, steps), _recent(evidence.pull, steps), HEALTH_LEAN)


def _recent(parts: Floats, steps: float) -> Floats:
    """Sum over this and earlier steps, each weighted by exp(-age / steps)."""
    summed: Floats = lfilter([1.0], [1.0, -np.exp(-1.0 / steps)], parts, axis=0)
    return summed


def _start(evidence: Evidence, steps: int) -> Floats:
    """Return the wear (n, k) over the first `steps` steps, as far as they are known at each step."""
    until = np.minimum(np.arange(len(evidence)), steps - 1)
    return settle(np.cumsum(evidence.weight, axis=0)[until], np.cumsum(evidence.pull, axis=0)[until], LEAN)


def _trend(evidence: Evidence, steps: float) -> tuple[Floats, Floats]:
    """Fit a line to the last steps, weighted by exp(-age / steps): level now and slope a step, both (n, k)."""
    n, k = evidence.pull.shape
    at = np.arange(float(n))
    weight = evidence.weight
    far = at[:, None, None]
    sums = [_recent(weight, steps), _recent(far * weight, steps), _recent(far * far * weight, steps)]
    pulls = [_recent(evidence.pull, steps), _recent(at[:, None] * evidence.pull, steps)]
    first = sums[1] - far * sums[0]
    second = sums[2] - 2 * far * sums[1] + far * far * sums[0]
    system = np.empty((n, 2 * k, 2 * k))
    system[:, :k, :k] = sums[0] + LEAN * np.eye(k)
    system[:, :k, k:] = first
    system[:, k:, :k] = first
    system[:, k:, k:] = second + TREND_LEAN * np.eye(k)
    right = np.hstack([pulls[0], pulls[1] - at[:, None] * pulls[0]])
    fitted = settle(system, right, 0.0)
    return fitted[:, :k], fitted[:, k:]
