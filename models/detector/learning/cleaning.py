"""What training data must be, and what is left out of them: refusals say how much is still needed."""

from __future__ import annotations

import numpy as np

from models.detector.arrays import Flags, Floats

MIN_VALUES = 10
"""No signal is learnt from fewer values."""

ROWS_PER_SIGNAL = 3
"""A covariance of p signals wants at least so many rows each."""

MIN_TOGETHER = 2
"""The same for rows in which all signals are fresh, after the first have settled."""

WILD_SCALES = 100.0
"""A value so many usual spreads away is no measurement of a healthy machine."""

WILD_PART = 0.01
"""Training is refused when more of its rows than this hold such a value."""

LEAST_JUMP = 4.0
USUAL_JUMP = 8.0
RARE_JUMP = 2.0
"""A step is a leap beyond so many scales, so many times the usual step, and so many times a rare one (1 in 200)."""


def refuse_too_little(rows: Floats, time: Floats, span_needed_s: float) -> None:
    """Raise a ValueError that says how much healthy data is still needed."""
    n, signals = rows.shape
    needed = max(MIN_VALUES, ROWS_PER_SIGNAL * signals)
    if n < needed:
        samples = "1 sample" if n == 1 else f"{n} samples"
        raise ValueError(f"too little training data: {samples} of {signals} signals, {needed - n} more needed")
    span_s = float(time[-1] - time[0])
    if span_s < span_needed_s:
        raise ValueError(f"too little training data: {span_s:g} s, {span_needed_s - span_s:g} s more needed")
    values = int(np.isfinite(rows).sum(axis=0).max())
    if values < MIN_VALUES:
        raise ValueError(
            f"too little training data: no signal has more than {values} values, {MIN_VALUES - values} more needed"
        )


def refuse_few_together(complete: int, used: Flags) -> None:
    """Raise a ValueError where no signal is of use, or too few rows are `complete`: all used signals are fresh."""
    if not used.any():
        raise ValueError("too little training data: every signal is constant or mostly missing")
    needed = MIN_TOGETHER * int(used.sum())
    if complete < needed:
        raise ValueError(
            f"too little training data: only {complete} samples in which all signals are fresh, "
            f"{needed - complete} more needed"
        )


def refuse_unclean(rows: Floats, centre: Floats, gain: Floats) -> None:
    """Raise a ValueError where too many rows hold values no healthy machine sends."""
    with np.errstate(over="ignore"):
        spread = np.where(gain > 0, usual_spread(rows), np.inf)
        far = np.abs(rows - centre) > WILD_SCALES * spread
    part = float(far.any(axis=1).mean())
    if part > WILD_PART:
        worst, wild = int(far.sum(axis=0).argmax()), np.flatnonzero(far.any(axis=1))
        raise ValueError(
            f"unclean training data: {100 * part:.1f} % of the rows hold values more than {WILD_SCALES:g} times their "
            f"usual spread from the median, most in column {worst}, within rows {wild[0]} to {wild[-1]}; at most "
            f"{100 * WILD_PART:g} % may: leave them out"
        )


def usual_spread(rows: Floats) -> Floats:
    """Return how far each signal usually moves: over its middle 80 % of values or in nine steps of ten.

    The former in terms of a standard deviation; the latter knows the steps of coarse values, such as counts.
    Infinite where both are 0.
    """
    spread = np.full(rows.shape[1], np.inf)
    for j, column in enumerate(rows.T):
        values = column[np.isfinite(column)]
        if len(values) > 1:
            low, high = np.percentile(values, [10, 90])
            spread[j] = max((high - low) / 2.563, np.percentile(np.abs(np.diff(values)), 90)) or np.inf
    return spread


def centre_and_gain(rows: Floats) -> tuple[Floats, Floats]:
    """Return each signal's median and 1 / scale; 0 for a signal that is constant or has too few values.

    The scale is the standard deviation after winsorising to the 1st and 99th percentile, so that counts and
    other coarse values have one too.
    """
    signals = rows.shape[1]
    centre, gain = np.zeros(signals), np.zeros(signals)
    for j in range(signals):
        values = rows[np.isfinite(rows[:, j]), j]
        if len(values) < MIN_VALUES:
            continue
        centre[j] = np.median(values)
        scale = float(np.clip(values, *np.percentile(values, [1, 99])).std()) or float(values.std())
        if scale > 1e-9 * abs(centre[j]):
            gain[j] = 1.0 / scale
    return centre, gain


def usual_jump(z: Floats) -> Floats:
    """Return from which step on a residual waits to be confirmed, in scales (p,)."""
    jump = np.full(z.shape[1], np.inf)
    for j, column in enumerate(z.T):
        steps = np.abs(np.diff(column[np.isfinite(column)]))
        if len(steps):
            rare = float(np.percentile(steps, 99.5))
            jump[j] = max(LEAST_JUMP, USUAL_JUMP * 1.4826 * float(np.median(steps)), RARE_JUMP * rare)
    return jump


def without_spikes(z: Floats, jump: Floats) -> Floats:
    """Return residuals (n, p) in which a value that leaps from both its neighbours is missing."""
    calm = z.copy()
    for j in np.flatnonzero(np.isfinite(jump)):
        there = np.flatnonzero(np.isfinite(z[:, j]))
        leaps = np.abs(np.diff(z[there, j])) > jump[j]
        calm[there[1:-1][leaps[:-1] & leaps[1:]], j] = np.nan
    return calm


def longest_hold(rows: Floats, time: Floats) -> Floats:
    """Return for how many seconds each signal held one value at most (p,)."""
    longest = np.zeros(rows.shape[1])
    for j, column in enumerate(rows.T):
        there = np.flatnonzero(np.isfinite(column))
        if len(there) < 2:
            continue
        moved = np.concatenate([[True], np.diff(column[there]) != 0])
        begins = np.maximum.accumulate(np.where(moved, time[there], -np.inf))
        longest[j] = float((time[there] - begins).max())
    return longest


def longest_silence(rows: Floats, time: Floats) -> Floats:
    """Return the longest time between two values of each signal, in seconds (p,)."""
    heard = (time[np.isfinite(column)] for column in rows.T)
    return np.array([float(np.diff(moments).max(initial=0.0)) for moments in heard])
