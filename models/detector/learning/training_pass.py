"""One pass over the training rows: the deviations the kernel would have found, without alarms or doubted sensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.detector.arrays import Flags, Floats

LEAST_BEAT_S = 1.0
"""Time constants are counted in beats: the usual period of a signal, but at least this many seconds."""

MAX_GAP_S = 120.0
"""Smoothing starts again after a gap longer than this ..."""

LEAST_GAP = 4.0
"""... and than so many smoothing constants."""

FRESH = 2.0
"""A value is evidence for so many smoothing constants."""

EARLY = 8.0
"""Smoothing constants that the first baseline is the median of."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SignalTiming:
    """The times of each signal (p,), in seconds: usual period, smoothing and longest gap, as in `Norms`."""

    period_s: Floats
    smooth_s: Floats
    gap_s: Floats

    @property
    def beat_s(self) -> Floats:
        """Return the seconds that time constants are counted in."""
        beat: Floats = np.maximum(self.period_s, LEAST_BEAT_S)
        return beat

    @property
    def fresh_s(self) -> Floats:
        """Return for how long a value is evidence."""
        return FRESH * self.smooth_s

    @classmethod
    def of(cls, rows: Floats, time: Floats, *, smooth: float) -> SignalTiming:
        """Count the time constants in the usual periods of rows (n, p); smoothing takes `smooth` beats."""
        period_s = usual_periods(rows, time)
        smooth_s = smooth * np.maximum(period_s, LEAST_BEAT_S)
        return cls(period_s=period_s, smooth_s=smooth_s, gap_s=np.maximum(MAX_GAP_S, LEAST_GAP * smooth_s))


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleTimes:
    """When each signal has values, row by row (n, p).

    `elapsed_s` is the seconds since its value before, 0 where the row has none; `restart` says that smoothing starts
    again after a long gap, `fresh` that its last value is still evidence.
    """

    elapsed_s: Floats
    restart: Flags
    fresh: Flags

    @classmethod
    def of(cls, rows: Floats, time: Floats, timing: SignalTiming) -> SampleTimes:
        """Look at where rows (n, p) at `time` (n,) have values."""
        there = np.isfinite(rows)
        seen = np.where(there, time[:, None], -np.inf)
        last = np.maximum.accumulate(seen, axis=0)
        before = np.concatenate([np.full((1, rows.shape[1]), -np.inf), last[:-1]])
        since = time[:, None] - before
        restart = there & ~(since <= timing.gap_s)
        elapsed_s = np.where(there, np.where(restart, timing.period_s, since), 0.0)
        return cls(elapsed_s=elapsed_s, restart=restart, fresh=time[:, None] - last <= timing.fresh_s)

    def side_by_side(self, stretches: Sequence[slice]) -> SampleTimes:
        """Return some stretches of the rows as (n, B, p), the shorter ones filled up with rows without values."""
        return SampleTimes(
            elapsed_s=filled_up([self.elapsed_s[rows] for rows in stretches], 0.0),
            restart=filled_up([self.restart[rows] for rows in stretches], 0.0) > 0,
            fresh=filled_up([self.fresh[rows] for rows in stretches], 0.0) > 0,
        )


def deviations(
    z: Floats, times: SampleTimes, timing: SignalTiming, baseline: Floats, *, baseline_s: Floats, clip: float
) -> tuple[Floats, Floats]:
    """Follow residuals `z` (n, p) from a first `baseline` (p,), as the kernel does.

    Returns the smoothed deviations (n, p), NaN where stale, and the baselines after each row (n, p). Stretches side by
    side, (n, B, p) from baselines (B, p), are followed each by itself.
    """
    quick = times.elapsed_s / (timing.smooth_s + times.elapsed_s)
    slow = times.elapsed_s / (baseline_s + times.elapsed_s)
    keep = np.where(times.restart, 0.0, 1.0)
    values = np.where(np.isfinite(z), z, 0.0)
    path, baselines, deviation = np.empty_like(z), np.empty_like(z), np.zeros(z.shape[1:])
    baseline = np.array(baseline, np.float64)
    # a baseline stays among the values it follows: where these are near enough to each other nothing is clipped
    clips = 2.0 * max(float(np.abs(values).max(initial=0.0)), float(np.abs(baseline).max(initial=0.0))) > clip
    restarts = np.asarray(times.restart.reshape(len(z), -1).any(axis=1))
    step = np.empty_like(deviation)
    for k, (value, weight, follow) in enumerate(zip(values, quick, slow, strict=True)):
        if restarts[k]:
            deviation *= keep[k]
        np.subtract(value, baseline, out=step)
        if clips:
            np.minimum(np.maximum(step, -clip, out=step), clip, out=step)
        step -= deviation
        step *= weight
        deviation += step
        path[k] = deviation
        np.multiply(follow, deviation, out=step)
        baseline += step
        baselines[k] = baseline
    return np.where(times.fresh, path, np.nan), baselines


def slow_mean(z: Floats, times: SampleTimes, *, slow_s: float, clip: float) -> Floats:
    """Return where the slow mean of `z` (n, p) with time constant `slow_s` ends (p,), beginning at 0."""
    weight = times.elapsed_s / (slow_s + times.elapsed_s)
    values = np.clip(np.where(np.isfinite(z), z, 0.0), -clip, clip)
    mean = np.zeros(z.shape[1])
    for k in range(len(z)):
        mean = mean + weight[k] * (values[k] - mean)
    return mean


def begun(time: Floats, timing: SignalTiming) -> Flags:
    """Say which rows (n,) come after smoothing has forgotten how it began."""
    since = time - time[0]
    after: Flags = since >= min(4.0 * timing.smooth_s.max(), since[-1] / 4.0)
    return after


def first_baseline(z: Floats, time: Floats, timing: SignalTiming) -> Floats:
    """Begin at the median of the first rows (p,), long enough for a steady one."""
    early = z[time - time[:1] <= EARLY * timing.smooth_s.max()]
    return np.array([_median(column) for column in early.T])


def usual_periods(rows: Floats, time: Floats) -> Floats:
    """Return the median seconds between the values of each signal, that of the rows where it has too few."""
    seen = (time[np.isfinite(column)] for column in rows.T)
    return np.array([np.median(np.diff(moments if len(moments) > 1 else time)) for moments in seen])


def _median(column: Floats) -> float:
    there = column[np.isfinite(column)]
    return float(np.median(there)) if len(there) else 0.0


def filled_up(stretches: Sequence[NDArray[Any]], filling: float) -> Floats:
    """Put stretches (n, p) of different lengths side by side, (longest n, B, p).

    >>> filled_up([np.ones((1, 2)), np.ones((2, 2))], 0.0)[:, 0].tolist()
    [[1.0, 1.0], [0.0, 0.0]]
    """
    together = np.full((max(map(len, stretches)), len(stretches), stretches[0].shape[1]), filling)
    for column, stretch in enumerate(stretches):
        together[: len(stretch), column] = stretch
    return together
