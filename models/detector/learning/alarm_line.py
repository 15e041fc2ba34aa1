"""How far a healthy machine goes: the spread of its deviations, and an alarm line that holds on rows not learnt from.

A line read off the rows that a spread was learnt from is too low: the spread fits them. So the training is cut into
blocks, and each block is judged by what the others say, as a stream would: the line is what healthy rows rarely exceed
of which nothing was known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from sklearn.covariance import ledoit_wolf_shrinkage

from models.detector.arrays import Flags, Floats
from models.detector.learning import training_pass
from models.detector.learning.regime_fit import LearntRegimes
from models.detector.learning.training_pass import SampleTimes, SignalTiming

BLOCKS = 8
"""Contiguous parts of the training, each judged by the others."""

GAP = 0.25
"""What is learnt from keeps away from the block it judges by this part of a block."""

LEAD_IN = 4.0
"""A block is entered so many smoothing constants before it begins."""

FORGOTTEN = 5.0
"""What happened in a block has left the baseline so many of its time constants later."""

RARE = 0.99
"""The alarm line is this quantile of the level in blocks that were not learnt from."""

RAISED, MOST_RARE = 1.02, 2.0
"""It is raised in such steps while those blocks alarm, and to so many times the quantile: an upset does not blind."""

BETWEEN_SETTINGS = 1.6
"""A machine with settings will run at settings between those of training, where less is known: its line is higher."""

LEAST_VARIANCE = 1e-6
"""No direction varies by less than this part of the widest one: what is tied in training may come loose a little."""

PHASES = 4
"""Shrinkage is the mean over so many ways to take one deviation out of a smoothing constant."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """How healthy rows went: residuals `z` (n, p), when they came, and their `deviations` (n, p), NaN where stale.

    `baselines` (n, p) are what the deviations were taken from, after each row.

    `begun` (n,) are the rows after smoothing has forgotten how it began; `used` (p,) the signals that are judged.
    """

    rows: Floats
    time: Floats
    regimes: LearntRegimes
    z: Floats
    timing: SignalTiming
    times: SampleTimes
    deviations: Floats
    baselines: Floats
    begun: Flags
    used: Flags
    row_s: float

    @property
    def complete(self) -> Flags:
        """Say in which rows (n,) all used signals have a fresh value."""
        whole: Flags = self.begun & np.isfinite(self.deviations[:, self.used]).all(axis=1)
        return whole


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """How deviations of p signals spread: their shrunk `covariance`, and the `root` of its inverse, zeros if unused.

    In the root a signal that varies slowly is taken to spread wider than in training.
    """

    covariance: Floats
    root: Floats

    def levels(self, deviations: Floats) -> Floats:
        """Return the length (n,) of whitened deviations (n, p)."""
        level: Floats = np.sqrt(((deviations @ self.root) ** 2).sum(axis=1))
        return level


def spread_of(course: Course, among: Flags, *, wander: float) -> Spread:
    """Learn the spread from the complete rows `among` (n,) those of a course.

    The covariance is shrunk towards independence after Ledoit and Wolf (2004), on signals of equal spread. Smoothed
    rows resemble their neighbours, so how far is asked of rows a smoothing constant apart. What varies more slowly
    than it is smoothed has shown few independent values and will wander farther: its spread is widened by `wander`
    times the part of its variance that is slow.
    """
    used = course.used
    chosen = among & course.complete
    deviations = course.deviations[chosen][:, used]
    scale = np.sqrt((deviations**2).mean(axis=0))
    scale = np.where(scale > 0, scale, 1.0)
    even = deviations / scale
    part = _shrinkage(even, max(1, round(float(np.median(course.timing.smooth_s[used])) / course.row_s)))
    raw = even.T @ even / len(even)
    raw = (1.0 - part) * raw + part * np.eye(len(raw)) * np.trace(raw) / len(raw)
    raw *= np.outer(scale, scale)
    fast = np.nanvar(np.where(among[:, None], course.z[:, used], np.nan), axis=0)
    widening = np.sqrt(1.0 + wander * deviations.var(axis=0) / np.where(fast > 0, fast, 1.0))
    return Spread(covariance=_placed(raw, used), root=_placed(inverse_root(raw * np.outer(widening, widening)), used))


def line_of(course: Course, spread: Spread, *, wander: float, baseline_s: Floats, clip: float, on_s: float) -> float:
    """Return the level that healthy rows rarely exceed of which nothing was learnt, nor for so long that it alarms."""
    levels = held_out_levels(course, wander=wander, baseline_s=baseline_s, clip=clip)
    known = levels[np.isfinite(levels)]
    if not len(known):
        known = spread.levels(course.deviations[course.complete])
    rare = float(np.quantile(known, RARE)) or 1.0
    line = rare
    while line < MOST_RARE * rare and greatest_excess(known / line, course.row_s) >= on_s:
        line *= RAISED
    return line * (BETWEEN_SETTINGS if len(course.regimes.setting_at) else 1.0)


def greatest_excess(levels: Floats, row_s: float) -> float:
    """Return what the excess of levels (n,) over the line comes to, in lines times seconds, before it runs off.

    >>> greatest_excess(np.array([0.0, 2.0, 0.5, 2.0, 0.0]), 1.0)
    1.5
    """
    total = np.concatenate([[0.0], np.cumsum((levels - 1.0) * row_s)])
    return float((total - np.minimum.accumulate(total)).max())


def held_out_levels(course: Course, *, wander: float, baseline_s: Floats, clip: float) -> Floats:
    """Return the level of each row (n,) by what is learnt outside of its block, NaN where that says nothing.

    A stream enters the block a little before it begins, from the reference and without any deviation.
    """
    complete = course.complete
    blocks = [block for block in _blocks(len(course.rows)) if (block.outside & complete).sum() > 1]
    levels = np.full(len(course.rows), np.nan)
    if not blocks:
        return levels
    lead_s = LEAD_IN * course.timing.smooth_s.max()
    entries = [int(np.searchsorted(course.time, course.time[block.begin] - lead_s)) for block in blocks]
    stretches = [slice(entry, block.end) for entry, block in zip(entries, blocks, strict=True)]
    residuals = [
        np.where(np.isfinite(course.z[rows]), course.regimes.foretold(course.rows, block.outside, rows), np.nan)
        for block, rows in zip(blocks, stretches, strict=True)
    ]
    paths = _followed(course, stretches, residuals, [np.zeros(course.z.shape[1])] * len(blocks), baseline_s, clip)
    without = _without_traces(course, blocks, baseline_s=baseline_s, clip=clip)
    for k, block in enumerate(blocks):
        inside = slice(block.begin - entries[k], block.end - entries[k])
        path = paths[k][inside]
        known = np.isfinite(path[:, course.used]).all(axis=1) & np.isfinite(residuals[k][inside]).any(axis=1)
        spread = spread_of(replace(course, deviations=without[k]), block.outside, wander=wander)
        levels[block.begin : block.end][known] = spread.levels(np.where(course.used, path[known], 0.0))
    return levels


@dataclass(frozen=True, kw_only=True, slots=True)
class _Block:
    """Rows `begin` to `end`; learnt from are those `outside` (n,), which end at row `before` and go on at `after`."""

    before: int
    begin: int
    end: int
    after: int
    outside: Flags


def _blocks(rows: int) -> list[_Block]:
    edges = np.linspace(0, rows, BLOCKS + 1).astype(np.intp).tolist()
    gap = max(1, int(GAP * rows / BLOCKS))
    blocks = []
    for begin, end in pairwise(edges):
        outside = np.ones(rows, np.bool_)
        outside[max(0, begin - gap) : end + gap] = False
        blocks.append(
            _Block(before=max(0, begin - gap), begin=begin, end=end, after=min(rows, end + gap), outside=outside)
        )
    return blocks


def _without_traces(course: Course, blocks: Sequence[_Block], *, baseline_s: Floats, clip: float) -> list[Floats]:
    """Return the deviations (n, p) for each block as if it had not been: after it things go on as they were before."""
    forgotten_s = FORGOTTEN * float(baseline_s.max())
    stretches = []
    for block in blocks:
        begins_s = course.time[min(block.after, len(course.time) - 1)]
        stretches.append(slice(block.after, int(np.searchsorted(course.time, begins_s + forgotten_s))))
    residuals = [course.z[rows] for rows in stretches]
    firsts = [
        course.baselines[block.before - 1]
        if block.before
        else training_pass.first_baseline(course.z[rows], course.time[rows], course.timing)
        for block, rows in zip(blocks, stretches, strict=True)
    ]
    paths = _followed(course, stretches, residuals, firsts, baseline_s, clip)
    without = []
    for rows, path in zip(stretches, paths, strict=True):
        deviations = course.deviations.copy()
        deviations[rows] = path
        without.append(deviations)
    return without


def _followed(
    course: Course,
    stretches: Sequence[slice],
    residuals: Sequence[Floats],
    baselines: Sequence[Floats],
    baseline_s: Floats,
    clip: float,
) -> list[Floats]:
    """Follow stretches of a course side by side, each from a baseline of its own; return the deviations of each."""
    z = training_pass.filled_up(residuals, np.nan)
    times = course.times.side_by_side(stretches)
    times = replace(times, elapsed_s=np.where(np.isfinite(z), times.elapsed_s, 0.0))
    paths, _ = training_pass.deviations(z, times, course.timing, np.stack(baselines), baseline_s=baseline_s, clip=clip)
    return [paths[: len(residual), column] for column, residual in enumerate(residuals)]


def inverse_root(covariance: Floats) -> Floats:
    """Return the symmetric root W of the inverse: x W has unit covariance and stays closest to x."""
    variances, axes = np.linalg.eigh(covariance)
    root = (axes / np.sqrt(np.maximum(variances, LEAST_VARIANCE * variances[-1]))) @ axes.T
    even: Floats = (root + root.T) / 2.0
    return even


def _shrinkage(even: Floats, apart: int) -> float:
    """Return how far to shrink, from rows so far apart that they are independent; all the way if too few."""
    phases = [even[first::apart] for first in range(0, apart, max(1, apart // PHASES))]
    parts = [float(ledoit_wolf_shrinkage(rows, assume_centered=True)) for rows in phases if len(rows) > 3]
    return float(np.mean(parts)) if parts else 1.0


def _placed(matrix: Floats, used: Flags) -> Floats:
    whole: NDArray[np.float64] = np.zeros((len(used), len(used)))
    whole[np.ix_(used, used)] = matrix
    return whole
