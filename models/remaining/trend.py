"""Remaining life of a machine whose class has no history: its wear, as it has grown so far, carried on to a limit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from sklearn.base import BaseEstimator

from models.remaining.history import Floats
from plant.model import Outlook

BLOCKS = 96
LEAST_BLOCKS = 12
BLOCK_S = 3600.0
"""Wear is averaged over so many blocks at most, of an hour at least; fewer than twelve are too few for an estimate."""

ONSETS = 24
LEAST_GROWN = 4
"""Growth began in one of so many places, and has been seen over so many blocks."""

SHAPES = (1.0, 1.5, 2.0, 3.0)
"""Wear grows with these powers of the time since it began."""

DECISIVE = 10.0
"""There is growth where its Bayesian information criterion beats that of rest by this (Kass and Raftery, 1995)."""

DROP = 8.0
LEAST_DROP = 0.1
"""A fall by so many times the noise of a block, and by so much of an alarm line, is a repair: what was before it is
left out."""

REACH = 3.0
"""No estimate looks further ahead than so many times the span that was looked back on."""

DRAWS = 4000


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeLeft:
    """The time that is left, in seconds from the last instant of wear.

    Attributes:
        outlook: `known`; `reached`, and all three are 0; or why it is unknown, and all three are None.
        likely_s: the median: as likely too short as too long.
        low_s: with `high_s` the interval that holds the truth with the probability `coverage` of the estimator;
            `high_s` is None where it has no end.
    """

    outlook: Outlook
    likely_s: float | None = None
    low_s: float | None = None
    high_s: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Growth:
    """One way in which wear may have grown: from `onset` on with the power `shape`; its fit and squared residuals."""

    onset: float
    shape: float
    fit: Floats
    spread: Floats
    squares: float


class WearTrend(BaseEstimator):  # type: ignore[misc]  # scikit-learn is not typed
    """From the course of wear to the time until it reaches a limit: a Bayesian mean over onsets and shapes of growth.

    Each candidate rests at a level up to an onset and grows with a power of the time from there. They are weighed by
    how well they fit, with as many independent blocks as the autocorrelation of the rest leaves (Bartlett, 1946; its
    bias after Kendall, 1954), and the time of crossing is drawn from all of them. Where rest, or a single step,
    explains the course as well there is no trend.

    Args:
        limit: the wear at which the machine should be in repair, in alarm lines; 1 is that at which a finding opens.
            The register may state it for a class or an asset.
        coverage: which part of the truth the interval should hold.
    """

    def __init__(self, *, limit: float = 2.0, coverage: float = 0.8) -> None:
        self.limit = limit
        self.coverage = coverage

    def estimate(self, time_s: Floats, wear: Floats) -> TimeLeft:
        """Estimate what is left after the last of n instants `time_s` (increasing) with the wear (n,) of one model.

        Raises:
            ValueError: the two are not of one length.
        """
        if len(time_s) != len(wear):
            raise ValueError(f"{len(time_s)} instants with {len(wear)} values of wear")
        at, level = _blocks(np.asarray(time_s, np.float64), np.asarray(wear, np.float64))
        at, level = _since_repair(at, level)
        if len(at) and level[-3:].mean() >= self.limit:
            return TimeLeft(outlook=Outlook.REACHED, likely_s=0.0, low_s=0.0, high_s=0.0)
        if len(at) < LEAST_BLOCKS:
            return TimeLeft(outlook=Outlook.TOO_SHORT)
        span = float(at[-1] - at[0])
        growths = list(_growths((at - at[0]) / span, level))
        best = min(growths, key=lambda one: one.squares, default=None)
        if best is None:
            return TimeLeft(outlook=Outlook.NO_TREND)
        independent = _independent(level - _course(best, (at - at[0]) / span))
        if not _stands_out(level, best.squares, independent):
            return TimeLeft(outlook=Outlook.NO_TREND)
        past = float(time_s[-1] - at[-1])
        return self._interval(np.maximum(self._crossings(growths, independent, len(at)) * span - past, 0.0), span)

    def _crossings(self, growths: list[_Growth], independent: float, count: int) -> Floats:
        """Draw when the limit is crossed, in spans after the last block."""
        rng = np.random.default_rng(0)
        squares = np.array([one.squares for one in growths])
        weight = (squares / squares.min()) ** (-independent / 2)
        drawn = rng.multinomial(DRAWS, weight / weight.sum())
        return np.concatenate([
            _crossed(one, self.limit, independent, count, times, rng)
            for one, times in zip(growths, drawn.tolist(), strict=True)
            if times
        ])  # fmt: skip

    def _interval(self, crossings: Floats, span: float) -> TimeLeft:
        tail = (1 - self.coverage) / 2
        low, likely, high = np.quantile(crossings, [tail, 0.5, 1 - tail], method="lower").tolist()
        if likely > REACH * span:
            return TimeLeft(outlook=Outlook.FAR)
        return TimeLeft(
            outlook=Outlook.KNOWN, likely_s=likely, low_s=low, high_s=high if high <= 2 * REACH * span else None
        )


def _blocks(time_s: Floats, wear: Floats) -> tuple[Floats, Floats]:
    """Average over blocks: the mean instant and the mean wear of each that holds any."""
    known = np.isfinite(wear)
    time_s, wear = time_s[known], wear[known]
    if not len(time_s):
        return time_s, wear
    length = max(BLOCK_S, float(time_s[-1] - time_s[0]) / BLOCKS)
    back = np.floor((time_s[-1] - time_s) / length).astype(np.intp)
    place = back.max() - back
    count = np.bincount(place)
    held = count > 0
    at = np.bincount(place, weights=time_s - time_s[-1])[held] / count[held] + time_s[-1]
    return at, np.bincount(place, weights=wear)[held] / count[held]


def _since_repair(at: Floats, level: Floats) -> tuple[Floats, Floats]:
    """Leave out what was before wear last fell at once."""
    if len(level) < LEAST_BLOCKS:
        return at, level
    fall = level[:-3] - level[3:]
    noise = 1.4826 * float(np.median(np.abs(np.diff(level)))) / np.sqrt(2)
    repaired = np.flatnonzero(fall > max(DROP * noise, LEAST_DROP))
    begin = int(repaired[-1]) + 3 if len(repaired) else 0
    return at[begin:], level[begin:]


def _growths(at: Floats, level: Floats) -> Iterator[_Growth]:
    """Fit every candidate to n blocks at 0 … 1; those that fall are left out."""
    places = np.unique(np.linspace(0, len(at) - 1 - LEAST_GROWN, ONSETS).astype(np.intp))
    for onset in (-1.0, -0.5, *at[places].tolist()):
        for shape in SHAPES if onset > -1.0 else SHAPES[1:]:
            terms = _terms(at, onset, shape)
            spread: Floats = np.asarray(np.linalg.inv(terms.T @ terms))
            fit = spread @ (terms.T @ level)
            if fit[1] > 0:
                squares = float(((level - terms @ fit) ** 2).sum())
                yield _Growth(onset=onset, shape=shape, fit=fit, spread=spread, squares=max(squares, 1e-12))


def _terms(at: Floats, onset: float, shape: float) -> Floats:
    return np.stack([np.ones(len(at)), np.maximum(at - onset, 0.0) ** shape], axis=1)


def _course(growth: _Growth, at: Floats) -> Floats:
    course: Floats = _terms(at, growth.onset, growth.shape) @ growth.fit
    return course


def _independent(rest: Floats) -> float:
    """Return how many independent blocks the rest is worth, by its autocorrelation from block to block."""
    squares = float((rest**2).sum())
    alike = float((rest[1:] * rest[:-1]).sum()) / squares if squares > 0 else 0.0
    alike = min(max(alike + (1 + 3 * alike) / len(rest), 0.0), 0.95)
    return max(4.0, len(rest) * (1 - alike) / (1 + alike))


def _stands_out(level: Floats, grown: float, independent: float) -> bool:
    """Say whether growth explains the course clearly better than rest does, and better than a single step."""
    rest = float(((level - level.mean()) ** 2).sum())
    step = min(
        float(((level[:cut] - level[:cut].mean()) ** 2).sum() + ((level[cut:] - level[cut:].mean()) ** 2).sum())
        for cut in range(2, len(level) - 1)
    )
    over_rest = independent * np.log(max(rest, 1e-12) / grown) - 3 * np.log(independent)
    over_step = independent * np.log(max(step, 1e-12) / grown)
    return bool(over_rest > DECISIVE and over_step > 0)


def _crossed(
    growth: _Growth, limit: float, independent: float, count: int, times: int, rng: np.random.Generator
) -> Floats:
    """Draw when one candidate crosses the limit, in spans after 1; infinite where it does not grow."""
    variance = growth.squares / max(independent - 4, 1.0) * count / independent
    scale = np.sqrt(variance / rng.chisquare(max(independent - 4, 1.0), times) * max(independent - 4, 1.0))
    root = np.linalg.cholesky(growth.spread)
    rested, grows = growth.fit[:, None] + (root @ rng.standard_normal((2, times))) * scale
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = np.where(grows > 0, np.maximum(limit - rested, 0.0) / grows, np.inf)
    crossed: Floats = growth.onset + needed ** (1 / growth.shape) - 1.0
    return crossed
