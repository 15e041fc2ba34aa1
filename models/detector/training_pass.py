"""One pass over the training rows: the deviations the kernel would have found, without alarms or doubted sensors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.detector.arrays import Flags, Floats

SMOOTHED_PERIODS = 3.0
"""No signal is smoothed over less than so many of its usual periods."""

LEAST_GAP = 4.0
"""No gap counts as one before so many smoothing constants."""

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
    def fresh_s(self) -> Floats:
        """Return for how long a value is evidence."""
        return FRESH * self.smooth_s

    @classmethod
    def of(cls, rows: Floats, time: Floats, *, smooth_s: float, max_gap_s: float) -> SignalTiming:
        """Adapt the constants that are asked for to the usual periods of rows (n, p)."""
        period_s = usual_periods(rows, time)
        smooth = np.maximum(smooth_s, SMOOTHED_PERIODS * period_s)
        return cls(period_s=period_s, smooth_s=smooth, gap_s=np.maximum(max_gap_s, LEAST_GAP * smooth))


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


def deviations(
    z: Floats, times: SampleTimes, timing: SignalTiming, baseline: Floats, *, baseline_s: float, clip: float
) -> tuple[Floats, Floats]:
    """Follow residuals `z` (n, p) from a first `baseline` (p,), as the kernel does.

    Returns the smoothed deviations (n, p), NaN where stale, and the baseline at the end (p,).
    """
    quick = times.elapsed_s / (timing.smooth_s + times.elapsed_s)
    slow = times.elapsed_s / (baseline_s + times.elapsed_s)
    keep = np.where(times.restart, 0.0, 1.0)
    values = np.where(np.isfinite(z), z, 0.0)
    path, deviation = np.empty_like(z), np.zeros(z.shape[1])
    for k in range(len(z)):
        departure = np.minimum(np.maximum(values[k] - baseline, -clip), clip)
        deviation = deviation * keep[k]
        deviation = deviation + quick[k] * (departure - deviation)
        path[k] = deviation
        baseline = baseline + slow[k] * deviation
    return np.where(times.fresh, path, np.nan), baseline


def slow_mean(z: Floats, times: SampleTimes, *, slow_s: float, clip: float) -> Floats:
    """Return where the slow mean of `z` (n, p) with time constant `slow_s` ends (p,), beginning at 0."""
    weight = times.elapsed_s / (slow_s + times.elapsed_s)
    values = np.clip(np.where(np.isfinite(z), z, 0.0), -clip, clip)
    mean = np.zeros(z.shape[1])
    for k in range(len(z)):
        mean = mean + weight[k] * (values[k] - mean)
    return mean


def settled(path: Floats, time: Floats, timing: SignalTiming) -> Floats:
    """Return the rows after smoothing has forgotten how it began."""
    since = time - time[0]
    rows: Floats = path[since >= min(4.0 * timing.smooth_s.max(), since[-1] / 4.0)]
    return rows


def first_baseline(z: Floats, time: Floats, timing: SignalTiming) -> Floats:
    """Begin at the median of the first rows (p,), long enough for a steady one."""
    early = z[time - time[0] <= EARLY * timing.smooth_s.max()]
    return np.array([_median(column) for column in early.T])


def usual_periods(rows: Floats, time: Floats) -> Floats:
    """Return the median seconds between the values of each signal, that of the rows where it has too few."""
    seen = (time[np.isfinite(column)] for column in rows.T)
    return np.array([np.median(np.diff(moments if len(moments) > 1 else time)) for moments in seen])


def _median(column: Floats) -> float:
    there = column[np.isfinite(column)]
    return float(np.median(there)) if len(there) else 0.0
