"""The detector every machine gets: what deviates from its own recent normal, by how much, and which signals show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, OutlierMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

from models.kernel import Flags, Floats, Norms, Pace, run
from models.lesson import Lesson, learn


@dataclass(frozen=True, kw_only=True, slots=True)
class Scored:
    """What a stretch of n rows says: `score` (n,) where 1 is worst and 0.5 is the alarm line, never NaN.

    `alarm` (n,) has hysteresis. `share` (n, p) is each signal's part of the score: rows sum to 1, or are all 0 where
    nothing deviates.
    """

    score: Floats
    alarm: Flags
    share: Floats


class ConditionDetector(OutlierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is not typed
    """Deviation of a smoothed value from a slowly adapting baseline, as a robustly scaled Mahalanobis distance.

    Causal: the score of a row depends on it and earlier rows only. All times are seconds of data time, whatever the
    period of the samples. `docs/models.md` gives the formulae and what each part is worth.

    Args:
        smooth_s: time constant of the mean that is judged; at least three usual periods of a signal are smoothed over.
            A value older than twice that is no evidence any more.
        baseline_s: time constant of the baseline it is compared with, which stands still during an alarm.
        clip: deviations beyond so many scales count as this many, so that one wild value is no alarm.
        healthy_quantile: the quantile of the distance in training that the alarm line is a multiple of.
        alarm_ratio: that multiple.
        release_ratio: an alarm ends below this part of its peak (or below the alarm line) ...
        release_s: ... after so many seconds in a row.
        max_gap_s: smoothing starts again after a gap longer than this (and than four times the smoothing).
        min_training_s: the least span of training data, asked for when `fit` is given the `time` of its rows.

    The shares follow Garthwaite and Koch, *Evaluating the contributions of individual variables to a quadratic form*
    (2016); the shrinkage is that of Ledoit and Wolf (2004).
    """

    def __init__(
        self,
        *,
        smooth_s: float = 7.5,
        baseline_s: float = 800.0,
        clip: float = 10.0,
        healthy_quantile: float = 0.99,
        alarm_ratio: float = 2.5,
        release_ratio: float = 0.5,
        release_s: float = 45.0,
        max_gap_s: float = 120.0,
        min_training_s: float = 300.0,
    ) -> None:
        self.smooth_s = smooth_s
        self.baseline_s = baseline_s
        self.clip = clip
        self.healthy_quantile = healthy_quantile
        self.alarm_ratio = alarm_ratio
        self.release_ratio = release_ratio
        self.release_s = release_s
        self.max_gap_s = max_gap_s
        self.min_training_s = min_training_s

    def fit(self, X: ArrayLike, y: object = None, *, time: ArrayLike | None = None) -> Self:  # noqa: ARG002, N803
        """Learn what healthy looks like from rows `X` (n, p), NaN where a value is missing, in the order of `time`.

        Args:
            X: healthy rows, signals in columns, in any units.
            y: ignored, scikit-learn passes it.
            time: (n,) seconds, increasing; one second apart unless told.

        Raises:
            ValueError: too little or unclean data; the message says why and how much is still needed.
        """
        self._refuse_nonsense()
        rows = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan")
        clock = clock_of(time, len(rows))
        span_needed_s = 0.0 if time is None else float(self.min_training_s)
        lesson = learn(
            rows,
            clock,
            pace=self.pace(),
            smooth_s=float(self.smooth_s),
            max_gap_s=float(self.max_gap_s),
            span_needed_s=span_needed_s,
            healthy_quantile=float(self.healthy_quantile),
            alarm_ratio=float(self.alarm_ratio),
        )
        self._keep(lesson)
        return self

    def start(self) -> Floats:
        """Return the state in which a stream begins: at the baseline of the end of training, without an alarm."""
        check_is_fitted(self)
        state: Floats = self.start_.copy()
        return state

    def stream(self, state: Floats, X: ArrayLike, time: ArrayLike) -> tuple[Scored, Floats]:  # noqa: N803
        """Judge rows `X` (n, p) at `time` (n,) seconds that continue `state`; return them with the next state.

        However the rows are cut into calls, the results are the same to the last bit.

        Raises:
            ValueError: `time` does not increase, also against the last row in `state`, or a shape does not fit.
        """
        check_is_fitted(self)
        rows = validate_data(
            self, X, reset=False, dtype=np.float64, ensure_all_finite="allow-nan", ensure_min_samples=0
        )
        signals = rows.shape[1]
        if state.shape != self.start_.shape:
            raise ValueError(f"a state of this detector has {len(self.start_)} numbers, this one {state.shape}")
        clock = clock_of(time, len(rows))
        last_seen = state[3 * signals : 4 * signals]
        if len(clock) and (last_seen >= clock[0]).any():
            raise ValueError(f"time must increase: {clock[0]} s does not follow {np.nanmax(last_seen)} s")
        level, alarm, share, after = run(self.norms(), self.pace(), state[None, :], rows[:, None, :], clock[:, None])
        return scored(level[:, 0], alarm[:, 0], share[:, 0]), after[0]

    def score_samples(self, X: ArrayLike) -> Floats:  # noqa: N803
        """Return minus the score of rows `X` (n, p) taken one second apart: higher is healthier, -1 is worst."""
        clock = np.arange(len(np.asarray(X)), dtype=np.float64)
        result, _ = self.stream(self.start(), X, clock)
        return -result.score

    def decision_function(self, X: ArrayLike) -> Floats:  # noqa: N803
        """Return `score_samples` above its 1-in-100 line (the healthy quantile): negative is an outlier."""
        return self.score_samples(X) - self.offset_

    def predict(self, X: ArrayLike) -> np.ndarray[tuple[int], np.dtype[np.int64]]:  # noqa: N803
        """Return -1 where a row is beyond the healthy quantile of training, 1 elsewhere.

        That is the statistical outlier of scikit-learn; an *alarm* needs `alarm_ratio` times as much and has
        hysteresis: see `stream`.
        """
        return np.where(self.decision_function(X) < 0, -1, 1)

    def norms(self) -> Norms:
        """Return what was learnt, as a bank of one asset."""
        check_is_fitted(self)
        return Norms(
            centre=self.centre_[:, None],
            gain=self.gain_[:, None],
            whiten=self.whiten_[:, :, None],
            precision=self.precision_[:, :, None],
            period_s=self.period_s_[:, None],
            smooth_s=self.smooth_s_[:, None],
            fresh_s=self.fresh_s_[:, None],
            gap_s=self.gap_s_[:, None],
        )

    def pace(self) -> Pace:
        """Return the constants a bank shares."""
        return Pace(
            baseline_s=float(self.baseline_s),
            clip=float(self.clip),
            release_ratio=float(self.release_ratio),
            release_s=float(self.release_s),
        )

    def _refuse_nonsense(self) -> None:
        for name, value in self.get_params().items():
            least_s = 0.0 if name in {"release_s", "min_training_s"} else np.nextafter(0.0, 1.0)
            if not value >= least_s:
                raise ValueError(f"{name} must be positive, not {value!r}")
        if self.healthy_quantile > 1 or self.release_ratio > 1:
            raise ValueError("healthy_quantile and release_ratio are parts of one, they cannot exceed it")

    def _keep(self, lesson: Lesson) -> None:
        self.centre_ = lesson.centre
        self.gain_ = lesson.gain
        self.whiten_ = lesson.whiten
        self.precision_ = lesson.precision
        self.period_s_ = lesson.period_s
        self.smooth_s_ = lesson.smooth_s
        self.fresh_s_ = lesson.fresh_s
        self.gap_s_ = lesson.gap_s
        self.start_ = lesson.start
        self.offset_ = -1.0 / (1.0 + float(self.alarm_ratio))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        # Rows are moments: their order matters and a lone row has no past. The tag's meaning is wider than its name;
        # with it scikit-learn does not ask for the same scores after a permutation.
        tags.non_deterministic = True
        return tags


def scored(level: Floats, alarm: Flags, share: Floats) -> Scored:
    """Turn levels in alarm lines into scores: 0 at rest, 0.5 on the line, towards 1 beyond.

    >>> scored(np.array([0.0, 1.0, 3.0]), np.zeros(3, bool), np.zeros((3, 1))).score.tolist()
    [0.0, 0.5, 0.75]
    """
    return Scored(score=level / (1.0 + level), alarm=alarm, share=share)


def clock_of(time: Any, rows: int) -> Floats:
    """Check the times of `rows` rows, in seconds; one second apart where None.

    Raises:
        ValueError: another number of times than rows, or times that do not increase or are not finite.
    """
    if time is None:
        return np.arange(rows, dtype=np.float64)
    clock = np.asarray(time, dtype=np.float64)
    if clock.shape != (rows,):
        raise ValueError(f"time must have one value for each of the {rows} rows, its shape is {clock.shape}")
    if not np.isfinite(clock).all() or (np.diff(clock) <= 0).any():
        raise ValueError("time must be finite and increase from row to row")
    return clock
