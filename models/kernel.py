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


WIDE = 256
"""From so many numbers a term, adding term by term is faster than a running sum; the order is the same."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """The constants every asset of a bank shares; `clip` is in scales, `release_ratio` a part of an alarm's peak."""

    baseline_s: float
    clip: float
    release_ratio: float
    release_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Norms:
    """What was learnt about each asset: (p, A) per signal, (p, p, A) per pair; times in seconds.

    `gain` is 1 / scale and 0 for a signal that is not used. `whiten` maps deviations to independent units of the
    alarm line, `precision` is its square. A value is evidence for `fresh_s`; after `gap_s` smoothing starts again.
    """

    centre: Floats
    gain: Floats
    whiten: Floats
    precision: Floats
    period_s: Floats
    smooth_s: Floats
    fresh_s: Floats
    gap_s: Floats


@dataclass(kw_only=True, slots=True)
class State:
    """Where each asset stands: (p, A) per signal in scales, (A,) per asset, times in seconds.

    `home` is the baseline that stood before the last one was learnt anew.
    """

    deviation: Floats
    baseline: Floats
    home: Floats
    seen: Floats
    alarm: Flags
    peak: Floats
    below_s: Floats

    @classmethod
    def unpack(cls, flat: Floats, signals: int) -> State:
        """Read the rows of `flat` (A, 4p + 3)."""
        columns = np.ascontiguousarray(flat.T)
        deviation, baseline, home, seen = (columns[k * signals : (k + 1) * signals] for k in range(4))
        alarm, peak, below_s = columns[4 * signals :]
        return cls(
            deviation=deviation,
            baseline=baseline,
            home=home,
            seen=seen,
            alarm=alarm > 0,
            peak=peak,
            below_s=below_s,
        )

    def pack(self) -> Floats:
        """Return the state as one flat row per asset, (A, 4p + 3)."""
        episode = np.stack([self.alarm.astype(np.float64), self.peak, self.below_s])
        columns = np.concatenate([self.deviation, self.baseline, self.home, self.seen, episode])
        return np.ascontiguousarray(columns.T)


def ordered_sum(terms: Floats) -> Floats:
    """Sum over the first axis strictly from first to last, whatever the shape.

    >>> float(ordered_sum(np.array([1e16, 1.0, -1e16])))
    0.0
    """
    total: Floats = np.add.accumulate(terms, axis=0)[-1] if terms[0].size < WIDE else terms[0].copy()
    if terms[0].size >= WIDE:
        for term in terms[1:]:
            total += term
    return total


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
    since_row = time - np.fmax.reduce(state.seen, axis=0)
    elapsed_s = follow(norms, pace, state, row, time)
    live = time - state.seen <= norms.fresh_s
    energy = energies(norms, state.deviation, live)
    away = ordered_sum(energy) >= 1.0
    if away.any():
        back = return_home(norms, pace, state, live, away)
        energy = np.where(back, energies(norms, state.deviation, live), energy)
    total = ordered_sum(energy)
    some_live = live.any(axis=0)
    level = np.sqrt(total)
    seconds = np.where(some_live & (since_row <= norms.gap_s.max(axis=0)), since_row, 0.0)
    released = decide(pace, state, level, seconds)
    settle(pace, state, elapsed_s, released)
    share = energy / np.where(total > 0, total, 1.0)
    return Verdict(level=level, alarm=state.alarm.copy(), share=share)


def energies(norms: Norms, deviation: Floats, live: Flags) -> Floats:
    """Return each signal's part (p, A) of the squared distance in alarm lines; all zeros where no signal is live."""
    evidence = fill_stale(norms, np.where(live, deviation, 0.0), live)
    whitened = ordered_sum(norms.whiten * evidence[:, None, :])
    return whitened * whitened


def return_home(norms: Norms, pace: Pace, state: State, live: Flags, away: Flags) -> Flags:
    """Let assets away from their baseline go back to the one before it, where they fit that; return who did.

    So a machine that was relearnt while faulty is soon normal when it is healthy again. One in alarm must fit well.
    """
    deviation = np.clip(state.deviation + (state.baseline - state.home), -pace.clip, pace.clip)
    near = np.where(state.alarm, pace.release_ratio, 1.0)
    back = away & (np.sqrt(ordered_sum(energies(norms, deviation, live))) < near)
    state.alarm = state.alarm & ~back
    state.peak = np.where(back, 0.0, state.peak)
    baseline = state.baseline
    state.baseline = np.where(back, state.home, baseline)
    state.home = np.where(back, baseline, state.home)
    state.deviation = np.where(back, deviation, state.deviation)
    return back


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
        z = np.where(valid, (row - norms.centre) * norms.gain, state.baseline)
    departure = np.clip(z - state.baseline, -pace.clip, pace.clip)
    start = np.where(restart, 0.0, state.deviation)
    weight = elapsed_s / (norms.smooth_s + elapsed_s)
    state.deviation = start + weight * (departure - start)
    state.seen = np.where(valid, time, state.seen)
    return elapsed_s


def fill_stale(norms: Norms, evidence: Floats, live: Flags) -> Floats:
    """Give signals without a fresh value the deviation the others make most likely: x[m] = -P[m, o] x[o] / P[m, m].

    The level is then that of the live signals alone: the marginal Mahalanobis distance.
    """
    stale = ~live & (norms.gain > 0)
    concerned = np.flatnonzero(stale.any(axis=0) & live.any(axis=0))
    if concerned.size == 0:
        return evidence
    precision, part, gone = norms.precision[:, :, concerned], evidence[:, concerned], stale[:, concerned]
    for _ in range(FILL_SWEEPS):
        for m in np.flatnonzero(gone.any(axis=1)):
            pull = ordered_sum(precision[m] * part)
            part[m] -= np.where(gone[m], pull / np.where(gone[m], precision[m, m], 1.0), 0.0)
    evidence[:, concerned] = part
    return evidence


def decide(pace: Pace, state: State, level: Floats, seconds: Floats) -> Flags:
    """Move the alarms: on at the line, off after a while below the release level; return who was released."""
    calm = level < np.maximum(1.0, pace.release_ratio * state.peak)
    state.below_s = np.where(state.alarm & calm, state.below_s + seconds, 0.0)
    released = state.alarm & calm & (state.below_s >= pace.release_s)
    state.alarm = (state.alarm & ~released) | (~state.alarm & (level >= 1.0))
    state.peak = np.where(state.alarm, np.maximum(state.peak, level), 0.0)
    state.below_s = np.where(state.alarm, state.below_s, 0.0)
    return released


def settle(pace: Pace, state: State, elapsed_s: Floats, released: Flags) -> None:
    """Let the baseline follow slowly, not at all while alarmed, and at once when an alarm has settled elsewhere."""
    weight = np.where(state.alarm, 0.0, elapsed_s / (pace.baseline_s + elapsed_s))
    state.home = np.where(released, state.baseline, state.home)
    state.baseline = state.baseline + np.where(released, 1.0, weight) * state.deviation
    state.deviation = np.where(released, 0.0, state.deviation)


def run(norms: Norms, pace: Pace, flat: Floats, rows: Floats, times: Floats) -> tuple[Floats, Flags, Floats, Floats]:
    """Step a bank through `rows` (n, A, p) at `times` (n, A) from the states `flat` (A, 4p + 3).

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

    Returns the smoothed deviations after each row (n, p), NaN where a signal is stale, and the state at the end.
    """
    state = State.unpack(flat, rows.shape[1])
    deviations = np.zeros(rows.shape)
    nobody = np.zeros(1, dtype=np.bool_)
    for k, row in enumerate(rows):
        elapsed_s = follow(norms, pace, state, row[:, None], times[k : k + 1])
        live = times[k] - state.seen <= norms.fresh_s
        deviations[k] = np.where(live, state.deviation, np.nan)[:, 0]
        settle(pace, state, elapsed_s, nobody)
    return deviations, state.pack()
