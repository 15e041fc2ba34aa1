"""Whether the signals of a machine are still distributed as when its model was trained.

Two measures, each on a sample that leaves out time in which something was found: the population stability index over
tenths of the training data (Siddiqi, *Credit Risk Scorecards*, 2006: above 0.25 a population has shifted), and the
distance of Kolmogorov and Smirnov between the two distributions. A signal drifts where both say so: the index alone is
moved by a few odd values, the distance alone by a small shift of a quiet signal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from storage.models.installations import ModelSignal

Floats = NDArray[np.float64]

MOST_PSI = 0.25
MOST_DISTANCE = 0.2
LEAST_VALUES = 100
"""Fewer values say nothing about a distribution."""

_POINTS = 51
_TENTHS = 5  # points a tenth
_LEAST_PART = 1e-4


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferenceDistribution:
    """How a signal was distributed in training: its `quantiles` at 51 even points, and which part lay in each bin.

    `edges` (k,) bound k + 1 bins: tenths of the training data, fewer where many values were the same.
    """

    signal_id: int
    values: int
    quantiles: list[float]
    edges: list[float]
    parts: list[float]


@dataclass(frozen=True, kw_only=True, slots=True)
class SignalShift:
    """How far a signal has moved; `before` and `now` are medians in `unit`."""

    signal: str
    unit: str
    psi: float
    distance: float
    before: float
    now: float
    values: int

    @property
    def drifts(self) -> bool:
        """Say whether both measures are above their lines."""
        return self.psi > MOST_PSI and self.distance > MOST_DISTANCE

    def as_json(self) -> dict[str, Any]:
        """Return it as it is stored in a check, rounded to four digits."""
        return {
            name: float(f"{value:.4g}") if isinstance(value, float) else value for name, value in asdict(self).items()
        } | {"drifts": self.drifts}


def references(signals: Sequence[ModelSignal], rows: Floats) -> list[dict[str, Any]]:
    """Describe training data `rows` (n, p) signal by signal, as it is stored with the model."""
    described = [_described(signal.signal_id, column) for signal, column in zip(signals, rows.T, strict=True)]
    return [asdict(one) for one in described if one is not None]


def _described(signal_id: int, column: Floats) -> ReferenceDistribution | None:
    values = column[np.isfinite(column)]
    if len(values) < LEAST_VALUES:
        return None
    quantiles = np.quantile(values, np.linspace(0.0, 1.0, _POINTS))
    edges = np.unique(quantiles[_TENTHS:-_TENTHS:_TENTHS])
    return ReferenceDistribution(
        signal_id=signal_id,
        values=len(values),
        quantiles=quantiles.tolist(),
        edges=edges.tolist(),
        parts=_parts(values, edges).tolist(),
    )


def shifts(
    signals: Sequence[ModelSignal], stored: Sequence[dict[str, Any]], samples: Sequence[Floats]
) -> list[SignalShift]:
    """Compare samples, one a signal, with what was stored; the worst first. Too small samples are left out."""
    known = {one["signal_id"]: ReferenceDistribution(**one) for one in stored}
    found = [
        shift(signal, known[signal.signal_id], sample)
        for signal, sample in zip(signals, samples, strict=True)
        if signal.signal_id in known and len(sample) >= LEAST_VALUES
    ]
    return sorted(found, key=lambda one: -one.psi)


def shift(signal: ModelSignal, reference: ReferenceDistribution, sample: Floats) -> SignalShift:
    """Say how far a signal has moved from its reference."""
    return SignalShift(
        signal=signal.key,
        unit=signal.unit,
        psi=stability_index(np.array(reference.parts), _parts(sample, np.array(reference.edges))),
        distance=distance(np.array(reference.quantiles), sample),
        before=reference.quantiles[_POINTS // 2],
        now=float(np.median(sample)),
        values=len(sample),
    )


def stability_index(expected: Floats, actual: Floats) -> float:
    """Return the population stability index of two sets of parts: the sum of (a - e) ln(a / e).

    An empty bin counts as a ten-thousandth.

    >>> float(stability_index(np.array([0.5, 0.5]), np.array([0.5, 0.5])))
    0.0
    >>> round(float(stability_index(np.array([0.5, 0.5]), np.array([0.9, 0.1]))), 3)
    0.879
    """
    held, found = np.maximum(expected, _LEAST_PART), np.maximum(actual, _LEAST_PART)
    return float(((found - held) * np.log(found / held)).sum())


def distance(quantiles: Floats, sample: Floats) -> float:
    """Return the greatest difference of the distribution functions (Kolmogorov and Smirnov), to a fiftieth.

    >>> distance(np.linspace(0, 1, 51), np.linspace(0, 1, 1000)) < 0.03
    True
    >>> distance(np.linspace(0, 1, 51), np.linspace(2, 3, 1000))
    1.0
    """
    places = np.union1d(quantiles, sample)
    # at most so many of the points lie at a place, whichever values are the same
    before = np.searchsorted(quantiles, places, side="right") / len(quantiles)
    now = np.searchsorted(np.sort(sample), places, side="right") / len(sample)
    return float(np.abs(before - now).max())


def _parts(values: Floats, edges: Floats) -> Floats:
    """Return which part of the values lies in each bin; a value on an edge belongs below it."""
    places = np.searchsorted(edges, values, side="left")
    parts: Floats = np.bincount(places, minlength=len(edges) + 1) / max(1, len(values))
    return parts
