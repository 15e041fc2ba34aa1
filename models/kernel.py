"""One step in time for a bank of assets: smooth, compare with the slow baseline, whiten, decide.

Arrays are laid out signals first, assets last, so that one asset is a bank of one. Only ``+ - * / sqrt``,
comparisons and running sums in a fixed order are used: every one is rounded exactly by IEEE 754, so an asset's
figures do not depend on who shares its bank, on padding, or on where the rows are cut into chunks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

FILL_SWEEPS = 8
"""Gauss-Seidel sweeps that fill signals gone stale; one is exact for a single stale signal."""

EPISODE_FIELDS = 3
"""Alarm flag, peak, seconds below the release level."""


FARTHEST = 1e12
"""Deviations are cut here, in scales, so that no sum overflows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """The constants every asset of a bank shares; times in seconds, levels in units of the alarm line."""

    smooth_s: float
    baseline_s: float
    release_s: float
    release_ratio: float
    soft_limit: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Norms:
    """What was learnt about each asset: (p, A) per signal, (p, p, A) per pair, (A,) per asset.

    `gain` is 1 / scale and 0 for a signal that is not used. `whiten` maps deviations to independent units of the
    alarm line, `precision` is its square.
    """

    centre: Floats
    gain: Floats
    whiten: Floats
    precision: Floats
    period_s: Floats
    gap_s: Floats


@dataclass(kw_only=True, slots=True)
class State:
    """Where each asset stands: (p, A) per signal, (A,) per asset. Times in seconds, deviations in scales."""

    deviation: Floats
    baseline: Floats
    seen: Floats
    alarm: Flags
    peak: Floats
    below_s: Floats

    @classmethod
    def unpack(cls, flat: Floats, signals: int) -> State:
        """Read the rows of `flat` (A, 3p + 3)."""
        columns = np.ascontiguousarray(flat.T)
        deviation, baseline, seen = (columns[k * signals : (k + 1) * signals] for k in range(3))
        alarm, peak, below_s = columns[3 * signals :]
        return cls(
            deviation=deviation, baseline=baseline, seen=seen, alarm=alarm > 0, peak=peak, below_s=below_s
        )

    def pack(self) -> Floats:
        """Return the state as one flat row per asset, (A, 3p + 3)."""
        episode = np.stack([self.alarm.astype(np.float64), self.peak, self.below_s])
        return np.ascontiguousarray(np.concatenate([self.deviation, self.baseline, self.seen, episode]).T)


def ordered_sum(terms: Floats) -> Floats:
    """Sum over the first axis strictly from first to last, whatever the shape.

    >>> float(ordered_sum(np.array([1e16, 1.0, -1e16])))
    0.0
    """
    total: Floats = np.add.accumulate(terms, axis=0)[-1]
    return total


def soften(z: Floats, limit: float) -> Floats:
    """Leave deviations up to `limit` alone and let larger ones grow with the square root only.

    >>> soften(np.array([-1.0, 3.0, 12.0]), 3.0).tolist()
    [-1.0, 3.0, 9.0]
    """
    size = np.abs(z)
    soft = limit * (2.0 * np.sqrt(size / limit) - 1.0)
    return np.where(size <= limit, z, np.copysign(soft, z))


def harden(e: Floats, limit: float) -> Floats:
    """Undo `soften`.

    >>> harden(np.array([-1.0, 3.0, 9.0]), 3.0).tolist()
    [-1.0, 3.0, 12.0]
    """
    size = np.abs(e)
    root = (size / limit + 1.0) / 2.0
    return np.where(size <= limit, e, np.copysign(limit * root * root, e))


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What one row says about each asset: level (A,) in alarm lines, alarm (A,), share (p, A)."""

    level: Floats
    alarm: Flags
    share: Floats


def step(norms: Norms, pace: Pace, state: State, row: Floats, time: Floats) -> Verdict:
    """Take one row `row` (p, A) at `time` (A,) into `state`, which is changed in place, and judge it.

    NaN in `row` is a missing value; NaN in `time` means the asset has no row here and keeps its state.
    """
    elapsed_s = follow(norms, pace, state, row, time)
    live = time - state.seen <= norms.gap_s
    evidence = fill_stale(norms, np.where(live, state.deviation, 0.0), live)
    whitened = ordered_sum(norms.whiten * evidence[:, None, :])
    energy = whitened * whitened
    total = ordered_sum(energy)
    level = np.where(live.any(axis=0), np.sqrt(total), 0.0)
    released = decide(pace, state, level, np.where(live.any(axis=0), row_seconds(norms, elapsed_s), 0.0))
    settle(norms, pace, state, elapsed_s, released)
    share = energy / np.where(total > 0, total, 1.0)
    return Verdict(level=level, alarm=state.alarm.copy(), share=share)


def follow(norms: Norms, pace: Pace, state: State, row: Floats, time: Floats) -> Floats:
    """Let the smoothed deviations follow the row; return the seconds each signal moved by, 0 where it is missing.

    A first-order lag integrated implicitly, so that it is stable at any spacing. A signal unseen for longer than
    the maximum gap starts again from no deviation.
    """
    valid = np.isfinite(row) & np.isfinite(time)
    since = time - state.seen
    restart = valid & ~(since <= norms.gap_s)
    elapsed_s = np.where(valid, np.where(restart, norms.period_s, since), 0.0)
    with np.errstate(over="ignore"):
        z = np.where(valid, np.clip((row - norms.centre) * norms.gain, -FARTHEST, FARTHEST), state.baseline)
    start = np.where(restart, 0.0, state.deviation)
    weight = elapsed_s / (pace.smooth_s + elapsed_s)
    state.deviation = start + weight * (soften(z - state.baseline, pace.soft_limit) - start)
    state.seen = np.where(valid, time, state.seen)
    return elapsed_s


def row_seconds(norms: Norms, elapsed_s: Floats) -> Floats:
    """Return the data time (A,) a row stands for: that of its most regular signal."""
    shortest = np.where(elapsed_s > 0, elapsed_s, np.inf).min(axis=0)
    return np.where(np.isfinite(shortest), shortest, 0.0)


def fill_stale(norms: Norms, evidence: Floats, live: Flags) -> Floats:
    """Give signals without a fresh value the deviation the others make most likely: x[m] = -P[m, o] x[o] / P[m, m].

    The level is then that of the live signals alone: the marginal Mahalanobis distance.
    """
    stale = ~live & (norms.gain > 0)
    if not stale.any():
        return evidence
    for _ in range(FILL_SWEEPS):
        for m in np.flatnonzero(stale.any(axis=1)):
            pull = ordered_sum(norms.precision[m] * evidence)
            diagonal = np.where(stale[m], norms.precision[m, m], 1.0)
            evidence[m] = np.where(stale[m], evidence[m] - pull / diagonal, evidence[m])
    return evidence


def decide(pace: Pace, state: State, level: Floats, seconds: Floats) -> Flags:
    """Move the alarms: on at the line, off after a while below the release level; return who was released."""
    calm = level < np.maximum(1.0, pace.release_ratio * state.peak)
    state.below_s = np.where(state.alarm & calm, state.below_s + seconds, 0.0)
    released = state.alarm & (state.below_s >= pace.release_s)
    state.alarm = (state.alarm & ~released) | (~state.alarm & (level >= 1.0))
    state.peak = np.where(state.alarm, np.maximum(state.peak, level), 0.0)
    state.below_s = np.where(state.alarm, state.below_s, 0.0)
    return released


def settle(norms: Norms, pace: Pace, state: State, elapsed_s: Floats, released: Flags) -> None:
    """Let the baseline follow slowly, not at all while alarmed, and at once when an alarm has settled elsewhere."""
    weight = np.where(state.alarm, 0.0, elapsed_s / (pace.baseline_s + elapsed_s))
    jump = harden(state.deviation, pace.soft_limit)
    state.baseline = state.baseline + np.where(released, jump, weight * state.deviation)
    state.deviation = np.where(released, 0.0, state.deviation)


def run(norms: Norms, pace: Pace, flat: Floats, rows: Floats, times: Floats) -> tuple[Floats, Flags, Floats, Floats]:
    """Step a bank through `rows` (n, A, p) at `times` (n, A) from the states `flat` (A, 3p + 3).

    Returns level (n, A) in alarm lines, alarm (n, A), share (n, A, p) and the states after the last row.
    """
    n, assets, signals = rows.shape
    state = State.unpack(flat, signals)
    level = np.zeros((n, assets))
    alarm = np.zeros((n, assets), dtype=np.bool_)
    share = np.zeros((n, assets, signals))
    for k in range(n):
        verdict = step(norms, pace, state, np.ascontiguousarray(rows[k].T), times[k])
        level[k], alarm[k], share[k] = verdict.level, verdict.alarm, verdict.share.T
    return level, alarm, share, state.pack()


def trace(norms: Norms, pace: Pace, flat: Floats, rows: Floats, times: Floats) -> tuple[Floats, Floats]:
    """Follow one asset's `rows` (n, p) at `times` (n,) without judging them, as training does.

    Returns the smoothed deviations after each row (n, p), 0 where a signal is stale, and the state at the end.
    """
    state = State.unpack(flat, rows.shape[1])
    deviations = np.zeros(rows.shape)
    nobody = np.zeros(1, dtype=np.bool_)
    for k, row in enumerate(rows):
        elapsed_s = follow(norms, pace, state, row[:, None], times[k : k + 1])
        live = times[k] - state.seen <= norms.gap_s
        deviations[k] = np.where(live, state.deviation, 0.0)[:, 0]
        settle(norms, pace, state, elapsed_s, nobody)
    return deviations, state.pack()
