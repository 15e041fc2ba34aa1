"""Learn from healthy rows what a detector compares with: regimes, scales, covariance of deviations, the alarm line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.covariance import ledoit_wolf

from models.detector import cleaning, training_pass
from models.detector.arrays import Flags, Floats, quartic
from models.detector.parameters import Norms, Pace
from models.detector.regime_fit import LearntRegimes, learn_regimes
from models.detector.state import State
from models.detector.training_pass import SampleTimes, SignalTiming

SEEN_PART = 0.5
"""A signal that is fresh in less of the training than this is not used."""

LEAST_VARIANCE = 1e-6
"""No direction varies by less than this part of the widest one: what is tied in training may come loose a little."""

RARE_S = 4.0
"""The alarm line is a multiple of the level that was exceeded for so long in all of training ..."""

MOST_RARE = 2.0
"""... or of so many times its healthy quantile, if that is less: one upset in a long training does not blind."""

REDUNDANT = 0.9
"""A signal is redundant where the settings and the other signals explain this part of it."""

SLOW_PART = 6.0
"""The slow mean of wear has a time constant of at most one such part of the training."""

SETTING_HOLDS = 2.0
"""A setting may be silent for so many times its longest silence in training and still hold."""

IDLE_HOLDS, IDLE_PERIODS = 1.5, 5.0
STUCK_HOLDS, STUCK_PERIODS, STUCK_S = 4.0, 20.0, 30.0
"""A value is held for too long beyond so many times the longest hold in training and so many periods."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingOptions:
    """How to train: the figures of `ConditionDetector`, and which columns are settings and symptoms."""

    pace: Pace
    smooth_s: float
    max_gap_s: float
    healthy_quantile: float
    alarm_ratio: float
    wander: float
    most_noise: float
    wear_s: float
    wear_training_s: float
    span_needed_s: float
    settings: tuple[int, ...] = ()
    symptoms: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingResult:
    """What was learnt: the norms of a bank of one asset, and the state (S,) in which a stream starts."""

    norms: Norms
    start: Floats


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviationScale:
    """What size of deviation is usual: `whiten`, `usual` and `usual_energy` as in `Norms`, and their `covariance`."""

    whiten: Floats
    covariance: Floats
    usual: Floats
    usual_energy: Floats


@dataclass(frozen=True, kw_only=True, slots=True)
class PreparedTraining:
    """Training rows that were checked, with their regimes and timing, and their residuals `z` (n, p) without spikes."""

    rows: Floats
    time: Floats
    gain: Floats
    jump: Floats
    regimes: LearntRegimes
    z: Floats
    timing: SignalTiming
    times: SampleTimes

    @classmethod
    def of(cls, rows: Floats, time: Floats, options: TrainingOptions) -> PreparedTraining:
        """Check and prepare rows (n, p); raise a ValueError where they are too few or not clean."""
        cleaning.refuse_too_little(rows, time, options.span_needed_s)
        centre, gain = cleaning.centre_and_gain(rows)
        cleaning.refuse_unclean(rows, centre, gain)
        regimes = learn_regimes(rows, np.array(options.settings, np.intp), centre, gain)
        z = regimes.scaled(rows)
        jump = cleaning.usual_jump(z)
        z = cleaning.without_spikes(z, jump)
        timing = SignalTiming.of(z, time, smooth_s=options.smooth_s, max_gap_s=options.max_gap_s)
        times = SampleTimes.of(z, time, timing)
        return cls(rows=rows, time=time, gain=gain, jump=jump, regimes=regimes, z=z, timing=timing, times=times)

    @property
    def row_s(self) -> float:
        """Return the usual seconds from row to row."""
        return float(np.median(np.diff(self.time)))


def learn(rows: Floats, time: Floats, options: TrainingOptions) -> TrainingResult:
    """Learn from `rows` (n, p) at `time` (n,) seconds.

    Raises:
        ValueError: too little or unclean data; the message says why and how much is still needed.
    """
    prepared = PreparedTraining.of(rows, time, options)
    first = training_pass.first_baseline(prepared.z, time, prepared.timing)
    path, baseline = training_pass.deviations(
        prepared.z, prepared.times, prepared.timing, first, baseline_s=options.pace.baseline_s, clip=options.pace.clip
    )
    steady = training_pass.settled(path, time, prepared.timing)
    used = (prepared.regimes.gain > 0).any(axis=0) & (np.isfinite(steady).mean(axis=0) >= SEEN_PART)
    near = deviation_scale(cleaning.complete_rows(steady, used), prepared, used, options)
    wear_s, wear_whiten, slow = _wear(prepared, used, options)
    norms = _norms(prepared, near, used, options, wear_s=wear_s, wear_whiten=wear_whiten)
    start = State.resting(baseline, slow, len(options.settings)).pack()[0]
    return TrainingResult(norms=norms, start=start)


def deviation_scale(
    deviations: Floats, prepared: PreparedTraining, used: Flags, options: TrainingOptions
) -> DeviationScale:
    """Learn from complete rows of deviations (m, p) how large a deviation is usual, and where the alarm line lies.

    The covariance is shrunk after Ledoit and Wolf (2004), on signals of equal spread. What varies more slowly than it
    is smoothed has shown few independent values in training and will wander farther: its spread is widened by
    `wander` times the part of its variance that is slow.
    """
    covariance = _covariance(deviations, used)
    distance = quartic((deviations @ _root(covariance, used)).T)
    rare = np.sort(distance)[-max(1, round(RARE_S / prepared.row_s)) :][0]
    line = options.alarm_ratio * min(rare, MOST_RARE * np.quantile(distance, options.healthy_quantile))
    fast = np.nanvar(np.where(used, prepared.z, 0.0), axis=0)
    slow_part = deviations.var(axis=0) / np.where(fast > 0, fast, 1.0)
    widening = np.sqrt(1.0 + options.wander * slow_part)
    whiten = _root(covariance * np.outer(widening, widening), used) / line
    energy = ((deviations @ whiten) ** 2).mean(axis=0)
    return DeviationScale(
        whiten=whiten,
        covariance=covariance,
        usual=np.sqrt((deviations**2).mean(axis=0)),
        usual_energy=np.where(used, np.maximum(energy, np.finfo(float).tiny), 1.0),
    )


def _covariance(deviations: Floats, used: Flags) -> Floats:
    scale = np.sqrt((deviations[:, used] ** 2).mean(axis=0))
    scale = np.where(scale > 0, scale, 1.0)
    shrunk, _ = ledoit_wolf(deviations[:, used] / scale, assume_centered=True)
    covariance = np.zeros((len(used), len(used)))
    covariance[np.ix_(used, used)] = shrunk * np.outer(scale, scale)
    return covariance


def _root(covariance: Floats, used: Flags) -> Floats:
    """Return the symmetric root W of the inverse: x W has unit covariance and stays closest to x; zeros if unused."""
    variances, axes = np.linalg.eigh(covariance[np.ix_(used, used)])
    floor = LEAST_VARIANCE * variances[-1]
    root = (axes / np.sqrt(np.maximum(variances, floor))) @ axes.T
    whiten = np.zeros(covariance.shape)
    whiten[np.ix_(used, used)] = (root + root.T) / 2.0
    return whiten


def _wear(prepared: PreparedTraining, used: Flags, options: TrainingOptions) -> tuple[float, Floats, Floats]:
    """Return the time constant of wear, how the slow means are weighed, and where they stand at the end.

    The slow means are weighed by the deviations of the quick means in training, taken from the reference instead of a
    moving baseline. Where the training was too short, wear is not judged: its time constant is infinite.
    """
    signals = prepared.z.shape[1]
    nothing = np.zeros((signals, signals)), np.zeros(signals)
    span_s = float(prepared.time[-1] - prepared.time[0])
    if span_s < options.wear_training_s:
        return (np.inf, *nothing)
    clip, slow_s = options.pace.clip, min(options.wear_s, span_s / SLOW_PART)
    departures, _ = training_pass.deviations(
        prepared.z, prepared.times, prepared.timing, np.zeros(signals), baseline_s=np.inf, clip=clip
    )
    far = deviation_scale(
        cleaning.complete_rows(training_pass.settled(departures, prepared.time, prepared.timing), used),
        prepared,
        used,
        options,
    )
    return slow_s, far.whiten, training_pass.slow_mean(prepared.z, prepared.times, slow_s=slow_s, clip=clip)


def _norms(
    prepared: PreparedTraining,
    near: DeviationScale,
    used: Flags,
    options: TrainingOptions,
    *,
    wear_s: float,
    wear_whiten: Floats,
) -> Norms:
    regimes, timing = prepared.regimes, prepared.timing
    hold_s = cleaning.longest_hold(prepared.rows, prepared.time)
    silent_s = cleaning.longest_silence(prepared.rows, prepared.time)
    never = np.where(used, 0.0, np.inf)
    root = _root(near.covariance, used)
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
        "whiten": near.whiten,
        "precision": root @ root,
        "usual": near.usual,
        "usual_energy": near.usual_energy,
        "most_loudness": np.array(options.most_noise),
        "period_s": timing.period_s,
        "smooth_s": timing.smooth_s,
        "fresh_s": timing.fresh_s,
        "gap_s": timing.gap_s,
        "longest_s": timing.gap_s.max(),
        "row_s": np.array(prepared.row_s),
        "idle_s": IDLE_HOLDS * hold_s + IDLE_PERIODS * timing.period_s + never,
        "stuck_s": np.maximum(STUCK_HOLDS * hold_s, STUCK_S) + STUCK_PERIODS * timing.period_s + never,
        "jump": np.where(used, prepared.jump, np.inf),
        "redundant": _redundant(prepared, near.covariance, root, used, options.symptoms),
        "wear_whiten": wear_whiten,
        "wear_s": np.array(wear_s),
    }
    return Norms(**{name: np.asarray(part)[..., None] for name, part in of_one.items()})


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
