"""Remaining life of a class of machines, learnt from those that ran to failure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted

from models.remaining.conditions import Conditions
from models.remaining.features import HealthMap, features, recent_wear
from models.remaining.history import Floats, History, Life, step_of
from models.remaining.observed import observe
from models.remaining.regressor import LifeRegressor
from models.remaining.wear import SMOOTH_STEPS, Evidence, HiddenWear, smoothed

LEAST_LIVES = 8
"""From fewer run-to-failure histories nothing can be said of how far an estimate errs."""

HORIZON_PART = 0.6
"""How far ahead an estimate looks by default, in parts of the median life."""

BEYOND = 1.2
"""Rows up to so many horizons before failure are learnt from, all machines and all distances alike."""

FIRST_STEPS = 10
"""The first steps of a life are not learnt from: too little is known of the machine."""

MOST_VIRTUAL = 12
"""No life is relived more often than this."""

LEAST_VIRTUAL_STEPS = 20
"""A virtual life has so many steps at least."""

VIRTUAL_SMOOTH_STEPS = SMOOTH_STEPS / 2
HEALTH_STEPS = 6.0
DRAWN_ROWS = 80_000
NEAR_HORIZON = 0.98

Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class RemainingLifeCourse:
    """The life that is left at each of n steps of a history, in the unit of its time.

    Attributes:
        time: (n,) the end of each step.
        likely: (n,) the estimate, at most the horizon.
        low: (n,) and `high`: the interval that holds the truth with the estimator's coverage; `high` is infinite
            where more than the horizon may be left.
    """

    time: Floats
    likely: Floats
    low: Floats
    high: Floats


class RemainingLife(BaseEstimator):  # type: ignore[misc]  # scikit-learn is not typed
    """From settings and measurements at any period to the life that is left, with an interval.

    A history is cut into some 200 steps a life; in each, every signal is compared with what it is in its regime, and
    all of them together give a few numbers of hidden wear (`HiddenWear`). Levels, trends and a health index of the wear
    are what `LifeRegressor` learns from: of the machines that failed, and of virtual ones that wore faster or slower.
    `docs/models.md` says why, and what each part is worth.

    Args:
        horizon: how far ahead an estimate looks, in the unit of time; 0.6 median lives where None.
        coverage: which part of the truth the interval should hold.
        regressor: what learns from the features; the shipped one where None. Its coverage, jobs and chance are set.
        virtual_lives: every life is relived until there are so many.
        pace_spread: virtual lives are faster or slower by a factor with this standard deviation (of its logarithm).
        n_jobs: networks trained at once; the results do not depend on it.
        random_state: all chance comes from it.
    """

    def __init__(
        self,
        *,
        horizon: float | None = None,
        coverage: float = 0.8,
        regressor: LifeRegressor | None = None,
        virtual_lives: int = 800,
        pace_spread: float = 0.18,
        n_jobs: int | None = None,
        random_state: int = 0,
    ) -> None:
        self.horizon = horizon
        self.coverage = coverage
        self.regressor = regressor
        self.virtual_lives = virtual_lives
        self.pace_spread = pace_spread
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(self, lives: Sequence[Life], *, progress: Progress | None = None) -> Self:
        """Learn from machines that ran to failure; `progress` hears (done, total) of what is to be trained.

        Raises:
            ValueError: too few of them, or none of their signals shows wear; the message says what is needed.
        """
        if len(lives) < LEAST_LIVES:
            raise ValueError(f"remaining life needs {LEAST_LIVES} machines that ran to failure, there are {len(lives)}")
        self.step_ = step_of(lives)
        self.period_ = _period(lives, self.step_)
        median = float(np.median([life.length for life in lives]))
        self.horizon_ = float(self.horizon or HORIZON_PART * median)
        self.conditions_ = Conditions().fit([life.history for life in lives])
        seen = [observe(life.history, self.conditions_, self.step_) for life in lives]
        self.wear_ = HiddenWear().fit(seen, len(self.conditions_.middle_))
        lived = self._lived(lives)
        rng = np.random.default_rng(self.random_state)
        times = min(MOST_VIRTUAL, -(-self.virtual_lives // len(lived)))
        virtual = [self._relived(one, rng) for one in lived for _ in range(times)]
        self.health_ = self._health(lived, virtual[::times])
        self._learn(lived + virtual, rng, progress)
        return self

    def evidence(self, history: History) -> Evidence:
        """Return what each step of a history says of wear."""
        check_is_fitted(self)
        return self.wear_.evidence(observe(history, self.conditions_, self.step_))

    def predict(self, history: History) -> RemainingLifeCourse:
        """Say at each step of a history what is left, knowing only what was measured up to it."""
        return self.judge(self.evidence(history), begin=float(history.time[0]), age=history.age)

    def judge(self, evidence: Evidence, *, begin: float, age: float) -> RemainingLifeCourse:
        """Do what `predict` does, from evidence whose first step began at `begin`, when the machine was `age` old."""
        check_is_fitted(self)
        columns = features(evidence, self.health_, age / self.step_)
        likely = self.regressor_.predict(columns) * self.step_
        low, high = self.regressor_.predict_interval(columns).T * self.step_
        ends = begin + self.step_ * np.arange(1.0, len(evidence) + 1) - self.period_
        beyond = high >= NEAR_HORIZON * self.horizon_
        return RemainingLifeCourse(time=ends, likely=likely, low=low, high=np.where(beyond, np.inf, high))

    def _lived(self, lives: Sequence[Life]) -> list[_Lived]:
        lived: list[_Lived] = []
        for life in lives:
            evidence = self.evidence(life.history)
            end = float(life.history.time[0]) + self.step_ * len(evidence) - self.period_
            last = max(0.0, life.failed_at - end) / self.step_
            left = last + np.arange(len(evidence) - 1.0, -1.0, -1.0)
            lived.append(_Lived(machine=len(lived), evidence=evidence, left=left, age=life.history.age / self.step_))
        return lived

    def _relived(self, one: _Lived, rng: np.random.Generator) -> _Lived:
        pace = float(np.exp(self.pace_spread * rng.standard_normal()))
        wear = smoothed(one.evidence, VIRTUAL_SMOOTH_STEPS)
        evidence, left = _relived(one.evidence, wear, float(one.left[-1]), pace, rng)
        return _Lived(machine=one.machine, evidence=evidence, left=left, age=one.age / pace)

    def _health(self, lived: list[_Lived], virtual: list[_Lived]) -> HealthMap:
        wear = [smoothed(one.evidence, VIRTUAL_SMOOTH_STEPS) for one in lived]
        wear += [recent_wear(one.evidence, HEALTH_STEPS) for one in virtual]
        left = np.concatenate([one.left for one in lived + virtual])
        return HealthMap().fit(np.concatenate(wear), left, self.horizon_ / self.step_)

    def _learn(self, lived: list[_Lived], rng: np.random.Generator, progress: Progress | None) -> None:
        horizon = self.horizon_ / self.step_
        columns = np.concatenate([features(one.evidence, self.health_, one.age) for one in lived])
        left = np.concatenate([one.left for one in lived])
        machine = np.concatenate([np.full(len(one.left), one.machine) for one in lived])
        weight = np.concatenate([_weight(one.left, horizon) for one in lived])
        drawn = rng.choice(len(left), min(DRAWN_ROWS, 4 * len(left)), p=weight / weight.sum())
        shipped = LifeRegressor() if self.regressor is None else self.regressor
        self.regressor_ = clone(shipped).set_params(
            coverage=self.coverage, n_jobs=self.n_jobs, random_state=int(rng.integers(2**31))
        )
        self.regressor_.fit(columns[drawn], np.minimum(left[drawn], horizon), groups=machine[drawn], progress=progress)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Lived:
    """A life in steps: which machine it is (or was made of), its evidence, what was left (n,), its age at the first."""

    machine: int
    evidence: Evidence
    left: Floats
    age: float


def _relived(
    evidence: Evidence, wear: Floats, left: float, pace: float, rng: np.random.Generator
) -> tuple[Evidence, Floats]:
    """Make a virtual life: a life lived again `pace` times as fast up to the same wear, measured with fresh noise.

    Args:
        evidence: of a life of n steps that ended in failure.
        wear: (n, k) its wear, smoothed.
        left: how many steps it had left at the last of them.
        pace: 2 is a machine that wore twice as fast.
        rng: draws how well each step is measured, and the noise.

    Returns its evidence and how many steps are left at each of its steps (m,).
    """
    last = len(wear) - 1
    steps = max(LEAST_VIRTUAL_STEPS, int(last / pace) + 1)
    back = np.arange(steps - 1.0, -1.0, -1.0)
    lived = np.maximum(last - back * pace, 0.0)
    anew = np.stack([np.interp(lived, np.arange(last + 1.0), column) for column in wear.T], axis=1)
    weight = evidence.weight[rng.integers(0, last + 1, steps)]
    noise = np.linalg.cholesky(weight + 1e-9 * np.eye(wear.shape[1])) @ rng.standard_normal((*anew.shape, 1))
    return Evidence(weight=weight, pull=(weight @ anew[:, :, None] + noise)[:, :, 0]), back + left / pace


def _weight(left: Floats, horizon: float) -> Floats:
    """Weigh the rows of a life (n,): those that are learnt from alike, 1 in all."""
    learnt = (left <= BEYOND * horizon) & (np.arange(len(left)) >= min(FIRST_STEPS, len(left) - 1))
    weight: Floats = learnt / learnt.sum()
    return weight


def _period(lives: Sequence[Life], step: float) -> float:
    gaps = [float(np.median(np.diff(life.history.time))) for life in lives if len(life.history.time) > 1]
    return min(step, float(np.median(gaps)))
