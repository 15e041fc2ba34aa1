"""Learn from healthy rows what a detector compares with: scales, covariance of deviations, the alarm line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.covariance import ledoit_wolf

from models.kernel import EPISODE_FIELDS, Floats, Norms, Pace, trace

MIN_VALUES = 10
"""No signal is learnt from fewer values."""

ROWS_PER_SIGNAL = 3
"""A covariance of p signals wants at least so many rows each."""

WILD_SCALES = 25.0
"""A value so many robust scales away is no measurement of a healthy machine."""

WILD_PART = 0.01
"""Training is refused when more of its rows than this hold such a value."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lesson:
    """What training found: (p,) and (p, p) arrays as in `Norms`, and the state a stream starts from."""

    centre: Floats
    gain: Floats
    whiten: Floats
    precision: Floats
    period_s: float
    gap_s: float
    start: Floats


def learn(
    rows: Floats,
    time: Floats,
    *,
    pace: Pace,
    max_gap_s: float,
    span_needed_s: float,
    healthy_quantile: float,
    alarm_ratio: float,
) -> Lesson:
    """Learn from `rows` (n, p) at `time` (n,) seconds.

    Raises:
        ValueError: too little or unclean data; the message says why and how much is still needed.
    """
    refuse_too_little(rows, time, span_needed_s)
    centre, gain = centre_and_gain(rows)
    refuse_unclean(rows, centre, gain)
    period_s = float(np.median(np.diff(time)))
    norms = blank_norms(centre, gain, period_s, max(max_gap_s, 3.0 * period_s))
    deviations, end = trace(norms, pace, first_state(rows, time, norms, pace)[None, :], rows, time)
    steady = deviations[time - time[0] >= min(4.0 * pace.smooth_s, (time[-1] - time[0]) / 4.0)]
    whiten = whitening(steady, gain > 0)
    distance = np.sqrt(((steady @ whiten) ** 2).sum(axis=1))
    line = alarm_ratio * float(np.quantile(distance, healthy_quantile))
    whiten = whiten / line if line > 0 else np.zeros_like(whiten)
    return Lesson(
        centre=centre,
        gain=gain,
        whiten=whiten,
        precision=whiten @ whiten,
        period_s=period_s,
        gap_s=float(norms.gap_s[0]),
        start=at_rest(end[0], rows.shape[1]),
    )


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


def refuse_unclean(rows: Floats, centre: Floats, gain: Floats) -> None:
    """Raise a ValueError where too many rows hold values no healthy machine sends."""
    far = np.abs(rows - centre) * gain > WILD_SCALES
    part = float(far.any(axis=1).mean())
    if part > WILD_PART:
        worst = int(far.sum(axis=0).argmax())
        raise ValueError(
            f"unclean training data: {100 * part:.1f} % of the rows hold values more than {WILD_SCALES:g} scales away "
            f"from the median, most in column {worst}; at most {100 * WILD_PART:g} % may: leave them out"
        )


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


def blank_norms(centre: Floats, gain: Floats, period_s: float, gap_s: float) -> Norms:
    """Return norms that follow a signal without judging it."""
    nothing = np.zeros((len(centre), len(centre), 1))
    return Norms(
        centre=centre[:, None],
        gain=gain[:, None],
        whiten=nothing,
        precision=nothing,
        period_s=np.array([period_s]),
        gap_s=np.array([gap_s]),
    )


def first_state(rows: Floats, time: Floats, norms: Norms, pace: Pace) -> Floats:
    """Begin at the median of the first rows, long enough for a steady one."""
    early = rows[time - time[0] <= 8.0 * pace.smooth_s]
    z = (early - norms.centre[:, 0]) * norms.gain[:, 0]
    signals = rows.shape[1]
    baseline = [float(np.median(column[np.isfinite(column)])) if np.isfinite(column).any() else 0.0 for column in z.T]
    state = np.zeros(3 * signals + EPISODE_FIELDS)
    state[signals : 2 * signals] = baseline
    state[2 * signals : 3 * signals] = np.nan
    return state


def at_rest(state: Floats, signals: int) -> Floats:
    """Keep the baseline of a state and forget the rest."""
    rest = np.zeros_like(state)
    rest[signals : 2 * signals] = state[signals : 2 * signals]
    rest[2 * signals : 3 * signals] = np.nan
    return rest


def whitening(deviations: Floats, used: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Floats:
    """Return the symmetric root W of the inverse covariance: x W has unit covariance and stays closest to x.

    Signals that are not used get zeros. Where nothing ever deviates, all is zero.
    """
    signals = deviations.shape[1]
    whiten = np.zeros((signals, signals))
    if not used.any():
        return whiten
    covariance, _ = ledoit_wolf(deviations[:, used], assume_centered=True)
    variances, axes = np.linalg.eigh(covariance)
    if variances[-1] <= 0:
        return whiten
    floor = 1e-6 * variances[-1]
    root = (axes / np.sqrt(np.maximum(variances, floor))) @ axes.T
    whiten[np.ix_(used, used)] = (root + root.T) / 2.0
    return whiten
