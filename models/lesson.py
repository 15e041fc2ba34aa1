"""Learn from healthy rows what a detector compares with: scales, covariance of deviations, the alarm line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.covariance import ledoit_wolf

from models.kernel import EPISODE_FIELDS, Flags, Floats, Norms, Pace, trace

MIN_VALUES = 10
"""No signal is learnt from fewer values."""

ROWS_PER_SIGNAL = 3
"""A covariance of p signals wants at least so many rows each."""

MIN_TOGETHER = 2
"""The same for rows in which all signals are fresh, after the first have settled."""

SEEN_PART = 0.5
"""A signal that is fresh in less of the training than this is not used."""

SMOOTHED_PERIODS = 3.0
"""No signal is smoothed over less than so many of its usual periods."""

LEAST_VARIANCE = 1e-6
"""No direction varies by less than this part of the widest one: what is tied in training may come loose a little."""

WILD_SCALES = 100.0
"""A value so many usual spreads away is no measurement of a healthy machine."""

WILD_PART = 0.01
"""Training is refused when more of its rows than this hold such a value."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lesson:
    """What training found: (p,) and (p, p) arrays as in `Norms`, and the state a stream starts from."""

    centre: Floats
    gain: Floats
    whiten: Floats
    precision: Floats
    period_s: Floats
    smooth_s: Floats
    fresh_s: Floats
    gap_s: Floats
    start: Floats


def learn(
    rows: Floats,
    time: Floats,
    *,
    pace: Pace,
    smooth_s: float,
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
    norms = blank_norms(centre, gain, usual_periods(rows, time), smooth_s, max_gap_s)
    deviations, end = trace(norms, pace, first_state(rows, time, norms)[None, :], rows, time)
    steady = deviations[time - time[0] >= min(4.0 * norms.smooth_s.max(), (time[-1] - time[0]) / 4.0)]
    used = (gain > 0) & (np.isfinite(steady).mean(axis=0) >= SEEN_PART)
    together = complete_rows(steady, used)
    whiten = whitening(together, used)
    distance = np.sqrt(((together @ whiten) ** 2).sum(axis=1))
    whiten /= alarm_ratio * np.quantile(distance, healthy_quantile)
    return Lesson(
        centre=centre,
        gain=np.where(used, gain, 0.0),
        whiten=whiten,
        precision=whiten @ whiten,
        period_s=norms.period_s[:, 0],
        smooth_s=norms.smooth_s[:, 0],
        fresh_s=norms.fresh_s[:, 0],
        gap_s=norms.gap_s[:, 0],
        start=resting(end[0, rows.shape[1] : 2 * rows.shape[1]]),
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


def complete_rows(deviations: Floats, used: Flags) -> Floats:
    """Return the rows (m, p) in which every used signal was fresh, zeros for the others.

    Raises:
        ValueError: no signal is of use, or there are too few such rows.
    """
    if not used.any():
        raise ValueError("too little training data: every signal is constant or mostly missing")
    rows = np.where(used, deviations, 0.0)
    rows = rows[np.isfinite(rows).all(axis=1)]
    needed = MIN_TOGETHER * int(used.sum())
    if len(rows) < needed:
        raise ValueError(
            f"too little training data: only {len(rows)} samples in which all signals are fresh, "
            f"{needed - len(rows)} more needed"
        )
    return rows


def refuse_unclean(rows: Floats, centre: Floats, gain: Floats) -> None:
    """Raise a ValueError where too many rows hold values no healthy machine sends."""
    with np.errstate(over="ignore"):
        spread = np.where(gain > 0, usual_spread(rows), np.inf)
        far = np.abs(rows - centre) > WILD_SCALES * spread
    part = float(far.any(axis=1).mean())
    if part > WILD_PART:
        worst = int(far.sum(axis=0).argmax())
        raise ValueError(
            f"unclean training data: {100 * part:.1f} % of the rows hold values more than {WILD_SCALES:g} times their "
            f"usual spread from the median, most in column {worst}; at most {100 * WILD_PART:g} % may: leave them out"
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


def usual_periods(rows: Floats, time: Floats) -> Floats:
    """Return the median seconds between the values of each signal, that of the rows where it has too few."""
    seen = (time[np.isfinite(column)] for column in rows.T)
    return np.array([np.median(np.diff(moments if len(moments) > 1 else time)) for moments in seen])


def blank_norms(centre: Floats, gain: Floats, period_s: Floats, smooth_s: float, max_gap_s: float) -> Norms:
    """Return norms that follow a signal without judging it."""
    smooth = np.maximum(smooth_s, SMOOTHED_PERIODS * period_s)
    nothing = np.zeros((len(centre), len(centre), 1))
    return Norms(
        centre=centre[:, None],
        gain=gain[:, None],
        whiten=nothing,
        precision=nothing,
        period_s=period_s[:, None],
        smooth_s=smooth[:, None],
        fresh_s=2.0 * smooth[:, None],
        gap_s=np.maximum(max_gap_s, 4.0 * smooth)[:, None],
    )


def first_state(rows: Floats, time: Floats, norms: Norms) -> Floats:
    """Begin at the median of the first rows, long enough for a steady one."""
    early = rows[time - time[0] <= 8.0 * norms.smooth_s.max()]
    z = (early - norms.centre[:, 0]) * norms.gain[:, 0]
    baseline = [float(np.median(column[np.isfinite(column)])) if np.isfinite(column).any() else 0.0 for column in z.T]
    return resting(np.array(baseline))


def resting(baseline: Floats) -> Floats:
    """Return the state of an asset at its baseline that has not been seen yet."""
    signals = len(baseline)
    unseen = np.full(signals, np.nan)
    return np.concatenate([np.zeros(signals), baseline, baseline, unseen, np.zeros(EPISODE_FIELDS)])


def whitening(deviations: Floats, used: Flags) -> Floats:
    """Return the symmetric root W of the inverse covariance: x W has unit covariance and stays closest to x.

    The covariance is shrunk after Ledoit and Wolf (2004). Signals that are not used get zeros.
    """
    covariance, _ = ledoit_wolf(deviations[:, used], assume_centered=True)
    variances, axes = np.linalg.eigh(covariance)
    floor = LEAST_VARIANCE * variances[-1]
    root = (axes / np.sqrt(np.maximum(variances, floor))) @ axes.T
    whiten = np.zeros((len(used), len(used)))
    whiten[np.ix_(used, used)] = (root + root.T) / 2.0
    return whiten
