"""Learn from healthy rows what a detector compares with: regimes, scales, covariance of deviations, the alarm line."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.detector.arrays import Flags, Floats
from models.detector.learning import alarm_line, apart, cleaning, training_pass
from models.detector.learning.alarm_line import Course, Spread
from models.detector.learning.apart import ApartStretch
from models.detector.learning.prepared import SEEN_PART, PreparedTraining, TrainingOptions
from models.detector.parameters import Norms
from models.detector.state import State

RELEASE = 3.0
"""An alarm ends after so many smoothing constants of calm."""

REDUNDANT = 0.9
"""A signal is redundant where the settings and the other signals explain this part of it."""

WEAR_S = 3600.0
SLOW_PART = 6.0
"""The slow mean of wear has a time constant of an hour, or of one such part of the training where that is less."""

WEAR_LINE = 2.0
"""Wear is too far beyond so many times what is rare for the quick mean of a healthy machine."""

SETTING_HOLDS = 2.0
"""A setting may be silent for so many times its longest silence in training and still hold."""

IDLE_HOLDS, IDLE_PERIODS = 1.5, 5.0
STUCK_HOLDS, STUCK_PERIODS, STUCK_S = 4.0, 20.0, 30.0
"""A value is held for too long beyond so many times the longest hold in training and so many periods."""

STILL_LEVEL = 3.0
STILL_PART = 1e-6
"""A signal that never moved has moved beyond this part of its value; where that lasts it alone makes this level."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingResult:
    """What was learnt: the norms of a bank of one asset, and the state (S,) in which a stream starts.

    `rare` is the level that is rare in training itself, in alarm lines; `still` (p,) says which signals never moved;
    `apart` are stretches of the rows that lie apart from the rest; the grossest of them were not learnt from.
    """

    norms: Norms
    start: Floats
    rare: float
    still: Flags
    apart: tuple[ApartStretch, ...] = ()


def learn(rows: Floats, time: Floats, options: TrainingOptions) -> TrainingResult:
    """Learn from `rows` (n, p) at `time` (n,) seconds, without what lies apart from the rest of them.

    Raises:
        ValueError: too little or unclean data; the message says why and how much is still needed.
    """
    prepared = PreparedTraining.of(rows, time, options)
    found = tuple(apart.stretches(prepared, clip=options.clip, wander=options.wander))
    gross = [stretch for stretch in found if stretch.left_out]
    if not gross:
        return replace(_learn(prepared, options), apart=found)
    kept = np.ones(len(rows), np.bool_)
    for stretch in gross:
        kept[stretch.begin : stretch.end] = False
    try:
        result = _learn(PreparedTraining.of(rows[kept], time[kept], options), options)
    except ValueError as error:
        named = ", ".join(f"rows {each.begin} to {each.end - 1} ({each.departure})" for each in gross)
        raise ValueError(f"unclean training data: {named} lie apart from the rest, and without them {error}") from error
    return replace(result, apart=found)


def _learn(prepared: PreparedTraining, options: TrainingOptions) -> TrainingResult:
    time = prepared.time
    baseline_s = options.baseline * prepared.timing.beat_s
    first = training_pass.first_baseline(prepared.z, time, prepared.timing)
    path, baselines = training_pass.deviations(
        prepared.z, prepared.times, prepared.timing, first, baseline_s=baseline_s, clip=options.clip
    )
    course = prepared.course(path, baselines)
    cleaning.refuse_few_together(int(course.complete.sum()), course.used)
    everywhere = np.ones(len(time), np.bool_)
    spread = alarm_line.spread_of(course, everywhere, wander=options.wander)
    on_s = options.on * float(np.median(prepared.timing.beat_s[course.used]))
    line = alarm_line.line_of(
        course, spread, wander=options.wander, baseline_s=baseline_s, clip=options.clip, on_s=on_s
    )
    still = _still(prepared, options)
    wear_s, wear_whiten, slow = _wear(prepared, course.used, options)
    norms = _with_still(
        _norms(prepared, course, spread, line, options, on_s=on_s, wear_s=wear_s, wear_whiten=wear_whiten),
        still,
        prepared.measured,
        line,
        options.clip,
    )
    start = State.resting(np.where(still, 0.0, baselines[-1]), slow, len(options.settings)).pack()[0]
    rare = float(np.quantile(spread.levels(path[course.complete]), alarm_line.RARE)) / line
    return TrainingResult(norms=norms, start=start, rare=rare, still=still)


def _still(prepared: PreparedTraining, options: TrainingOptions) -> Flags:
    """Say which signals (p,) had a value in most rows and always the same one."""
    there = np.isfinite(prepared.measured)
    low = np.min(prepared.measured, axis=0, where=there, initial=np.inf)
    high = np.max(prepared.measured, axis=0, where=there, initial=-np.inf)
    still: Flags = (low == high) & (there.mean(axis=0) >= SEEN_PART) & ~prepared.counting
    still[list(options.settings)] = False
    return still


def _with_still(norms: Norms, still: Flags, rows: Floats, line: float, clip: float) -> Norms:
    """Let signals that never moved be watched for moving: each by itself, beside the others."""
    for j in np.flatnonzero(still):
        value = float(rows[np.isfinite(rows[:, j]), j][0])
        norms.centre[:, j] = value
        norms.slope[:, j] = 0.0
        norms.gain[:, j] = 1.0 / max(STILL_PART * abs(value), 1e-9)
        norms.whiten[j, j] = STILL_LEVEL / clip
        norms.precision[j, j] = (line * STILL_LEVEL / clip) ** 2
    return norms


def _wear(prepared: PreparedTraining, used: Flags, options: TrainingOptions) -> tuple[float, Floats, Floats]:
    """Return the time constant of wear, how the slow means are weighed, and where they stand at the end.

    The slow means are weighed by the deviations of the quick means in training, taken from the reference instead of a
    moving baseline. Where the training was too short, wear is not judged: its time constant is infinite.
    """
    signals = prepared.z.shape[1]
    span_s = float(prepared.time[-1] - prepared.time[0])
    if span_s < options.wear_training_s:
        return np.inf, np.zeros((signals, signals)), np.zeros(signals)
    slow_s = min(WEAR_S, span_s / SLOW_PART)
    departures, baselines = training_pass.deviations(
        prepared.z,
        prepared.times,
        prepared.timing,
        np.zeros(signals),
        baseline_s=np.full(signals, np.inf),
        clip=options.clip,
    )
    course = prepared.course(departures, baselines, used)
    spread = alarm_line.spread_of(course, np.ones(len(departures), np.bool_), wander=options.wander)
    line = WEAR_LINE * float(np.quantile(spread.levels(departures[course.complete][:, :]), alarm_line.RARE)) or 1.0
    slow = training_pass.slow_mean(prepared.z, prepared.times, slow_s=slow_s, clip=options.clip)
    return slow_s, spread.root / line, slow


def _norms(
    prepared: PreparedTraining,
    course: Course,
    spread: Spread,
    line: float,
    options: TrainingOptions,
    *,
    on_s: float,
    wear_s: float,
    wear_whiten: Floats,
) -> Norms:
    regimes, timing, used = prepared.regimes, prepared.timing, course.used
    silent_s = cleaning.longest_silence(prepared.rows, prepared.time)
    root = np.zeros_like(spread.root)
    root[np.ix_(used, used)] = alarm_line.inverse_root(spread.covariance[np.ix_(used, used)])
    of_one = {
        "setting_at": regimes.setting_at,
        "setting_centre": regimes.setting_centre,
        "setting_gain": regimes.setting_gain,
        "setting_hold_s": np.maximum(timing.gap_s.max(), SETTING_HOLDS * silent_s[regimes.setting_at]),
        "centroid": regimes.centroid,
        "reach": regimes.reach,
        "centre": regimes.centre,
        "slope": regimes.slope,
        "gain": np.where(used, regimes.gain, 0.0),
        "used": used,
        "whiten": spread.root / line,
        "precision": root @ root,
        "usual": np.sqrt(np.diag(spread.covariance)),
        "usual_energy": np.ones(len(used)),
        "most_loudness": np.array(1.0),
        "period_s": timing.period_s,
        "smooth_s": timing.smooth_s,
        "fresh_s": timing.fresh_s,
        "gap_s": timing.gap_s,
        "longest_s": timing.gap_s.max(),
        "row_s": np.array(prepared.row_s),
        "redundant": _redundant(prepared, spread.covariance, root, used, options.symptoms),
        "wear_whiten": wear_whiten,
        "wear_s": np.array(wear_s),
        "baseline_s": options.baseline * timing.beat_s,
        "on_s": np.array(on_s),
        "release_s": np.array(RELEASE * float(np.median(timing.smooth_s[used]))),
        **_of_each_signal(prepared, used),
    }
    return Norms(**{name: np.array(part)[..., None] for name, part in of_one.items()})


def _of_each_signal(prepared: PreparedTraining, used: Flags) -> dict[str, Floats | Flags]:
    """Return the norms that are each signal's own: how its sensor behaves, and what kind of signal it is."""
    hold_s = cleaning.longest_hold(prepared.rows, prepared.time)
    never = np.where(used, 0.0, np.inf)
    return {
        "idle_s": IDLE_HOLDS * hold_s + IDLE_PERIODS * prepared.timing.period_s + never,
        "stuck_s": np.maximum(STUCK_HOLDS * hold_s, STUCK_S) + STUCK_PERIODS * prepared.timing.period_s + never,
        "jump": np.where(used, prepared.jump, np.inf),
        "counting": prepared.counting & used,
        "daily": np.where(used, prepared.daily, 0.0),
    }


def _redundant(
    prepared: PreparedTraining, covariance: Floats, root: Floats, used: Flags, symptoms: tuple[int, ...]
) -> Flags:
    """Say which signals (p,) the settings and the other signals explain so well that a lone departure is the sensor's.

    A symptom, such as vibration or a temperature, is never one of them: machines do fall ill in one symptom alone.
    """
    own = np.diag(root @ root) * np.diag(covariance)
    by_others = np.where(used, 1.0 / np.where(own > 0, own, 1.0), 1.0)
    within = 1.0 / np.maximum(prepared.regimes.gain.max(axis=0), np.finfo(float).tiny)
    left = by_others * np.minimum(within * prepared.gain, 1.0) ** 2
    believed = np.zeros(len(used), np.bool_)
    believed[list(symptoms)] = True
    redundant: NDArray[np.bool_] = used & ~believed & (left <= 1.0 - REDUNDANT)
    return redundant
