"""Learn from healthy rows what a detector compares with: modes, scales, covariance of deviations, the alarm line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.covariance import ledoit_wolf

from models.detector import cleaning, training_pass
from models.detector.parameters import Flags, Floats, Norms, Pace, State, quartic
from models.detector.regime_fit import Modes, learn_modes
from models.detector.training_pass import Moves, Tempo

SEEN_PART = 0.5
"""A signal that is fresh in less of the training than this is not used."""

LEAST_VARIANCE = 1e-6
"""No direction varies by less than this part of the widest one: what is tied in training may come loose a little."""

RARE_S = 4.0
"""The alarm line is a multiple of the level that was exceeded for so long in all of training ..."""

MOST_RARE = 2.0
"""... or of so many times its healthy quantile, if that is less: one upset in a long training does not blind."""

REDUNDANT = 0.9
"""A signal of which the settings and the other signals explain this part can be caught lying."""

SLOW_PART = 6.0
"""The slow mean of wear has a time constant of at most one such part of the training."""

SETTING_HOLDS = 2.0
"""A setting may be silent for so many times its longest silence in training and still hold."""

IDLE_HOLDS, IDLE_PERIODS = 1.5, 5.0
STUCK_HOLDS, STUCK_PERIODS, STUCK_S = 4.0, 20.0, 30.0
"""A value is held for too long beyond so many times the longest hold in training and so many periods."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wants:
    """What is asked of training; the figures are those of `ConditionDetector`, `settings` and `symptoms` columns."""

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
class Lesson:
    """What training found: the norms of a bank of one asset, and the state (S,) a stream starts from."""

    norms: Norms
    start: Floats


@dataclass(frozen=True, kw_only=True, slots=True)
class Yardstick:
    """How deviations of p signals are weighed: `whiten`, `usual` and `usual_energy` as in `Norms`, and `covariance`."""

    whiten: Floats
    covariance: Floats
    usual: Floats
    usual_energy: Floats


@dataclass(frozen=True, kw_only=True, slots=True)
class Healthy:
    """Training data, and what follows from them at once: modes, tempo, and residuals `z` (n, p) without spikes."""

    rows: Floats
    time: Floats
    gain: Floats
    jump: Floats
    modes: Modes
    z: Floats
    tempo: Tempo
    moves: Moves

    @classmethod
    def of(cls, rows: Floats, time: Floats, wants: Wants) -> Healthy:
        """Look over rows (n, p); raise a ValueError where they are too few or not clean."""
        cleaning.refuse_too_little(rows, time, wants.span_needed_s)
        centre, gain = cleaning.centre_and_gain(rows)
        cleaning.refuse_unclean(rows, centre, gain)
        modes = learn_modes(rows, np.array(wants.settings, np.intp), centre, gain)
        z = modes.scaled(rows)
        jump = cleaning.usual_jump(z)
        z = cleaning.without_spikes(z, jump)
        tempo = Tempo.of(z, time, smooth_s=wants.smooth_s, max_gap_s=wants.max_gap_s)
        moves = Moves.of(z, time, tempo)
        return cls(rows=rows, time=time, gain=gain, jump=jump, modes=modes, z=z, tempo=tempo, moves=moves)

    @property
    def row_s(self) -> float:
        """Return the usual seconds from row to row."""
        return float(np.median(np.diff(self.time)))


def learn(rows: Floats, time: Floats, wants: Wants) -> Lesson:
    """Learn from `rows` (n, p) at `time` (n,) seconds.

    Raises:
        ValueError: too little or unclean data; the message says why and how much is still needed.
    """
    healthy = Healthy.of(rows, time, wants)
    first = training_pass.first_baseline(healthy.z, time, healthy.tempo)
    path, baseline = training_pass.deviations(
        healthy.z, healthy.moves, healthy.tempo, first, baseline_s=wants.pace.baseline_s, clip=wants.pace.clip
    )
    steady = training_pass.settled(path, time, healthy.tempo)
    used = (healthy.modes.gain > 0).any(axis=0) & (np.isfinite(steady).mean(axis=0) >= SEEN_PART)
    near = yardstick(cleaning.complete_rows(steady, used), healthy, used, wants)
    wear_s, wear_whiten, slow = _wear(healthy, used, wants)
    norms = _norms(healthy, near, used, wants, wear_s=wear_s, wear_whiten=wear_whiten)
    start = State.resting(baseline, slow, len(wants.settings)).pack()[0]
    return Lesson(norms=norms, start=start)


def yardstick(deviations: Floats, healthy: Healthy, used: Flags, wants: Wants) -> Yardstick:
    """Learn from complete rows of deviations (m, p) how far is far.

    The covariance is shrunk after Ledoit and Wolf (2004), on signals of equal spread. What varies more slowly than it
    is smoothed has shown few independent values in training and will wander farther: its spread is widened by
    `wander` times the part of its variance that is slow.
    """
    covariance = _covariance(deviations, used)
    distance = quartic((deviations @ _root(covariance, used)).T)
    rare = np.sort(distance)[-max(1, round(RARE_S / healthy.row_s)) :][0]
    line = wants.alarm_ratio * min(rare, MOST_RARE * np.quantile(distance, wants.healthy_quantile))
    fast = np.nanvar(np.where(used, healthy.z, 0.0), axis=0)
    slow_part = deviations.var(axis=0) / np.where(fast > 0, fast, 1.0)
    widening = np.sqrt(1.0 + wants.wander * slow_part)
    whiten = _root(covariance * np.outer(widening, widening), used) / line
    energy = ((deviations @ whiten) ** 2).mean(axis=0)
    return Yardstick(
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


def _wear(healthy: Healthy, used: Flags, wants: Wants) -> tuple[float, Floats, Floats]:
    """Return the time constant of wear, how the slow means are weighed, and where they stand at the end.

    They are measured by what the quick means, from the reference and not from a moving baseline, did in training.
    Where that was too short for it, wear is not judged: the time constant is infinite.
    """
    signals = healthy.z.shape[1]
    nothing = np.zeros((signals, signals)), np.zeros(signals)
    span_s = float(healthy.time[-1] - healthy.time[0])
    if span_s < wants.wear_training_s:
        return (np.inf, *nothing)
    clip, slow_s = wants.pace.clip, min(wants.wear_s, span_s / SLOW_PART)
    departures, _ = training_pass.deviations(
        healthy.z, healthy.moves, healthy.tempo, np.zeros(signals), baseline_s=np.inf, clip=clip
    )
    far = yardstick(
        cleaning.complete_rows(training_pass.settled(departures, healthy.time, healthy.tempo), used),
        healthy,
        used,
        wants,
    )
    return slow_s, far.whiten, training_pass.slow_mean(healthy.z, healthy.moves, slow_s=slow_s, clip=clip)


def _norms(
    healthy: Healthy, near: Yardstick, used: Flags, wants: Wants, *, wear_s: float, wear_whiten: Floats
) -> Norms:
    modes, tempo = healthy.modes, healthy.tempo
    hold_s = cleaning.longest_hold(healthy.rows, healthy.time)
    silent_s = cleaning.longest_silence(healthy.rows, healthy.time)
    never = np.where(used, 0.0, np.inf)
    root = _root(near.covariance, used)
    of_one = {
        "setting_at": modes.setting_at,
        "setting_centre": modes.setting_centre,
        "setting_gain": modes.setting_gain,
        "setting_hold_s": np.maximum(tempo.gap_s.max(), SETTING_HOLDS * silent_s[modes.setting_at]),
        "centroid": modes.centroid,
        "reach": modes.reach,
        "centre": modes.centre,
        "slope": modes.slope,
        "gain": np.where(used, modes.gain, 0.0),
        "used": used,
        "whiten": near.whiten,
        "precision": root @ root,
        "usual": near.usual,
        "usual_energy": near.usual_energy,
        "most_loudness": np.array(wants.most_noise),
        "period_s": tempo.period_s,
        "smooth_s": tempo.smooth_s,
        "fresh_s": tempo.fresh_s,
        "gap_s": tempo.gap_s,
        "longest_s": tempo.gap_s.max(),
        "row_s": np.array(healthy.row_s),
        "idle_s": IDLE_HOLDS * hold_s + IDLE_PERIODS * tempo.period_s + never,
        "stuck_s": np.maximum(STUCK_HOLDS * hold_s, STUCK_S) + STUCK_PERIODS * tempo.period_s + never,
        "jump": np.where(used, healthy.jump, np.inf),
        "redundant": _redundant(healthy, near.covariance, root, used, wants.symptoms),
        "wear_whiten": wear_whiten,
        "wear_s": np.array(wear_s),
    }
    return Norms(**{name: np.asarray(part)[..., None] for name, part in of_one.items()})


def _redundant(healthy: Healthy, covariance: Floats, root: Floats, used: Flags, symptoms: tuple[int, ...]) -> Flags:
    """Say of which signals settings and other signals explain enough that a lone departure speaks against the sensor.

    A symptom, such as vibration or a temperature, is believed however lonely: that is how machines fall ill.
    """
    own = np.diag(root @ root) * np.diag(covariance)
    by_others = np.where(used, 1.0 / np.where(own > 0, own, 1.0), 1.0)
    within = 1.0 / np.maximum(healthy.modes.gain.max(axis=0), np.finfo(float).tiny)
    left = by_others * np.minimum(within * healthy.gain, 1.0) ** 2
    believed = np.zeros(len(used), np.bool_)
    believed[list(symptoms)] = True
    redundant: NDArray[np.bool_] = used & ~believed & (left <= 1.0 - REDUNDANT)
    return redundant
