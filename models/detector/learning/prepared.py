"""Training rows, checked and prepared: residuals of their regimes, when they came, and how they are smoothed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.detector.arrays import Flags, Floats
from models.detector.learning import cleaning, counters, training_pass
from models.detector.learning.alarm_line import Course
from models.detector.learning.daily_swing import DailySwing
from models.detector.learning.regime_fit import LearntRegimes, learn_regimes
from models.detector.learning.training_pass import SampleTimes, SignalTiming

SEEN_PART = 0.5
"""A signal that is fresh in less of the training than this is not used."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingOptions:
    """How to train: the constants of `ConditionDetector`, and which columns are settings and symptoms."""

    smooth: float
    baseline: float
    clip: float
    wander: float
    on: float
    wear_training_s: float
    span_needed_s: float
    settings: tuple[int, ...] = ()
    symptoms: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PreparedTraining:
    """Training rows that were checked: `rows` as they came, and what follows at once.

    `measured` (n, p) are rates for counts, and without the swing that comes `daily` (24 or 0, p); `z` (n, p) are their
    residuals without spikes.
    """

    rows: Floats
    measured: Floats
    counting: Flags
    daily: Floats
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
        counting = counters.running(rows, time, options.settings)
        measured = counters.with_rates(rows, time, counting)
        centre, gain = cleaning.centre_and_gain(measured)
        cleaning.refuse_unclean(measured, centre, gain)
        settings = np.array(options.settings, np.intp)
        regimes = learn_regimes(measured, settings, centre, gain)
        swing = DailySwing.of(regimes.unexplained(measured), time, regimes.gain.max(axis=0) > 0)
        if len(swing.table):
            measured = measured - swing.left_out
            centre, gain = cleaning.centre_and_gain(measured)
            regimes = learn_regimes(measured, settings, centre, gain)
        z = regimes.scaled(measured)
        jump = cleaning.usual_jump(z)
        z = cleaning.without_spikes(z, jump)
        timing = SignalTiming.of(z, time, smooth=options.smooth)
        return cls(
            rows=rows,
            measured=measured,
            counting=counting,
            daily=swing.table,
            time=time,
            gain=gain,
            jump=jump,
            regimes=regimes,
            z=z,
            timing=timing,
            times=SampleTimes.of(z, time, timing),
        )

    @property
    def row_s(self) -> float:
        """Return the usual seconds from row to row."""
        return float(np.median(np.diff(self.time)))

    def course(self, deviations: Floats, baselines: Floats, used: Flags | None = None) -> Course:
        """Return how these rows went; `used` are the signals that moved and were mostly there, unless it is given."""
        begun = training_pass.begun(self.time, self.timing)
        if used is None:
            fresh = np.isfinite(deviations[begun]).mean(axis=0) >= SEEN_PART
            used = (self.regimes.gain > 0).any(axis=0) & fresh
        return Course(
            rows=self.measured,
            time=self.time,
            regimes=self.regimes,
            z=self.z,
            timing=self.timing,
            times=self.times,
            deviations=deviations,
            baselines=baselines,
            begun=begun,
            used=used,
            row_s=self.row_s,
        )
