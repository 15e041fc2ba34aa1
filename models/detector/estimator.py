"""The detector every machine gets: what deviates from its own recent normal, by how much, and which signals show it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, OutlierMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

from models.detector.arrays import Floats
from models.detector.fitting import TrainingOptions, learn
from models.detector.kernel import run
from models.detector.parameters import Norms, Pace, flat_norms, norms_of
from models.detector.results import Scored, scored
from models.detector.state import LAYOUT, last_rows, refuse_other_width


class ConditionDetector(OutlierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is not typed
    """Deviation of a smoothed value from a slowly adapting baseline, weighed by the noise of the machine.

    Causal: the score of a row depends on it and earlier rows only. All times are seconds of data time, whatever the
    period of the samples. `docs/models.md` gives the formulae and what each part is worth.

    Args:
        smooth_s: time constant of the mean that is judged; at least three usual periods of a signal are smoothed over.
            A value older than twice that is no evidence any more.
        baseline_s: time constant of the baseline it is compared with, which stands still during an alarm.
        clip: deviations beyond so many scales count as this many, so that one wild value is no alarm.
        healthy_quantile: the quantile of the level in training that bounds what is chosen for rare.
        alarm_ratio: the alarm line is this many times what was rare in training.
        wander: how much wider than in training a signal is chosen to spread that varies slowly.
        on_s: an alarm begins when the level's excess over the line, in lines, sums up to so many seconds.
        release_ratio: an alarm ends below this part of its peak (or below the alarm line) ...
        release_s: ... after so many seconds in a row.
        settle_scales: where it ends elsewhere than it began, signals that are so many times their usual deviation away
            take the new place as baseline at once.
        noise_s: time constant with which the line follows the noise of a healthy machine.
        most_noise: it never follows farther than this many times the noise of training.
        wear_s: time constant of the mean that wear is judged by.
        wear_training_s: the least span of training from which wear is judged.
        unseen_s: settings outside of training are said to be an unseen regime after so long.
        max_gap_s: smoothing starts again after a gap longer than this (and than four times the smoothing).
        min_training_s: the least span of training data, asked for when `fit` is given the `time` of its rows.

    The shrinkage is that of Ledoit and Wolf (2004), the shares follow the decomposition of Garthwaite and Koch (2016).
    """

    def __init__(
        self,
        *,
        smooth_s: float = 10.0,
        baseline_s: float = 250.0,
        clip: float = 10.0,
        healthy_quantile: float = 0.99,
        alarm_ratio: float = 1.45,
        wander: float = 3.0,
        on_s: float = 1.5,
        release_ratio: float = 0.45,
        release_s: float = 35.0,
        settle_scales: float = 2.5,
        noise_s: float = 1500.0,
        most_noise: float = 2.0,
        wear_s: float = 3600.0,
        wear_training_s: float = 86_400.0,
        unseen_s: float = 60.0,
        max_gap_s: float = 120.0,
        min_training_s: float = 300.0,
    ) -> None:
        self.smooth_s = smooth_s
        self.baseline_s = baseline_s
        self.clip = clip
        self.healthy_quantile = healthy_quantile
        self.alarm_ratio = alarm_ratio
        self.wander = wander
        self.on_s = on_s
        self.release_ratio = release_ratio
        self.release_s = release_s
        self.settle_scales = settle_scales
        self.noise_s = noise_s
        self.most_noise = most_noise
        self.wear_s = wear_s
        self.wear_training_s = wear_training_s
        self.unseen_s = unseen_s
        self.max_gap_s = max_gap_s
        self.min_training_s = min_training_s

    def fit(
        self,
        X: ArrayLike,  # noqa: N803
        y: object = None,  # noqa: ARG002
        *,
        time: ArrayLike | None = None,
        settings: Sequence[int] = (),
        symptoms: Sequence[int] = (),
    ) -> Self:
        """Learn what healthy looks like from rows `X` (n, p), NaN where a value is missing, in the order of `time`.

        Args:
            X: healthy rows, signals in columns, in any units.
            y: ignored, scikit-learn passes it.
            time: (n,) seconds, increasing; one second apart where None.
            settings: columns that say what was asked of the machine; they tell its regimes and are not judged.
            symptoms: columns that are believed where they deviate alone, such as vibration and temperatures.

        Raises:
            ValueError: too little or unclean data; the message says why and how much is still needed.
        """
        self._refuse_nonsense()
        rows = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan")
        for column in (*settings, *symptoms):
            if not 0 <= column < rows.shape[1]:
                raise ValueError(f"there is no column {column} among {rows.shape[1]}")
        options = self._options(tuple(settings), tuple(symptoms), 0.0 if time is None else float(self.min_training_s))
        learnt = learn(rows, clock_of(time, len(rows)), options)
        self.norms_ = flat_norms(learnt.norms)
        self.settings_, self.regimes_ = len(settings), len(learnt.norms.reach)
        self.start_, self.layout_ = learnt.start, LAYOUT
        self.offset_ = -1.0 / (1.0 + float(self.alarm_ratio))
        return self

    def start(self) -> Floats:
        """Return the state in which a stream begins: at the baseline of the end of training, without an alarm.

        Raises:
            ValueError: this detector was trained by a release whose states have another layout.
        """
        check_is_fitted(self)
        if self.state_layout != LAYOUT:
            raise ValueError(f"its states have layout {self.state_layout}, this program reads and writes {LAYOUT}")
        state: Floats = self.start_.copy()
        return state

    def stream(self, state: Floats, X: ArrayLike, time: ArrayLike) -> tuple[Scored, Floats]:  # noqa: N803
        """Judge rows `X` (n, p) at `time` (n,) seconds that continue `state`; return them with the next state.

        However the rows are cut into calls, the results are the same to the last bit.

        Raises:
            ValueError: `time` does not increase, also against the last row in `state`, a shape does not fit, or the
                state is of another layout.
        """
        check_is_fitted(self)
        rows = validate_data(
            self, X, reset=False, dtype=np.float64, ensure_all_finite="allow-nan", ensure_min_samples=0
        )
        norms = self.norms()
        refuse_other_width(state.size, rows.shape[1], self.settings_)
        clock = clock_of(time, len(rows))
        last = float(last_rows(state[None, :], rows.shape[1], self.settings_)[0])
        if len(clock) and last >= clock[0]:
            raise ValueError(f"time must increase: {clock[0]} s does not follow {last} s")
        result, after = run(norms, self.pace(), state[None, :], rows[:, None, :], clock[:, None])
        return scored(result)[:, 0], after[0]

    def score_samples(self, X: ArrayLike) -> Floats:  # noqa: N803
        """Return minus the score of rows `X` (n, p) chosen one second apart: higher is healthier, -1 is worst."""
        clock = np.arange(len(np.asarray(X)), dtype=np.float64)
        result, _ = self.stream(self.start(), X, clock)
        return -result.score

    def decision_function(self, X: ArrayLike) -> Floats:  # noqa: N803
        """Return `score_samples` above what was rare in training: negative is an outlier."""
        return self.score_samples(X) - self.offset_

    def predict(self, X: ArrayLike) -> np.ndarray[tuple[int], np.dtype[np.int64]]:  # noqa: N803
        """Return -1 where a row is beyond what was rare in training, 1 elsewhere.

        That is the statistical outlier of scikit-learn; an *alarm* needs `alarm_ratio` times what is rare and
        has hysteresis: see `stream`.
        """
        return np.where(self.decision_function(X) < 0, -1, 1)

    def norms(self) -> Norms:
        """Return what was learnt, as a bank of one asset."""
        check_is_fitted(self)
        return norms_of(self.norms_, self.n_features_in_, self.settings_, self.regimes_)

    def pace(self) -> Pace:
        """Return the constants a bank shares."""
        return Pace(
            baseline_s=float(self.baseline_s),
            clip=float(self.clip),
            on_s=float(self.on_s),
            release_ratio=float(self.release_ratio),
            release_s=float(self.release_s),
            settle_scales=float(self.settle_scales),
            noise_s=float(self.noise_s),
            unseen_s=float(self.unseen_s),
        )

    @property
    def state_layout(self) -> int:
        """Return the layout that states of this detector have; releases before the first number wrote layout 1."""
        return int(getattr(self, "layout_", 1))

    def _options(self, settings: tuple[int, ...], symptoms: tuple[int, ...], span_needed_s: float) -> TrainingOptions:
        return TrainingOptions(
            pace=self.pace(),
            smooth_s=float(self.smooth_s),
            max_gap_s=float(self.max_gap_s),
            healthy_quantile=float(self.healthy_quantile),
            alarm_ratio=float(self.alarm_ratio),
            wander=float(self.wander),
            most_noise=float(self.most_noise),
            wear_s=float(self.wear_s),
            wear_training_s=float(self.wear_training_s),
            span_needed_s=span_needed_s,
            settings=settings,
            symptoms=symptoms,
        )

    def _refuse_nonsense(self) -> None:
        for name, value in self.get_params().items():
            least = 0.0 if name in _MAY_BE_NOTHING else np.nextafter(0.0, 1.0)
            if not value >= least:
                raise ValueError(f"{name} must be positive, not {value!r}")
        if self.healthy_quantile > 1 or self.release_ratio > 1:
            raise ValueError("healthy_quantile and release_ratio are parts of one, they cannot exceed it")
        if self.most_noise < 1:
            raise ValueError("most_noise is a multiple of the noise in training, it cannot be less than 1")

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        # Rows are moments: their order matters and a lone row has no past. The tag's meaning is wider than its name;
        # with it scikit-learn does not ask for the same scores after a permutation.
        tags.non_deterministic = True
        return tags


_MAY_BE_NOTHING = frozenset({"release_s", "min_training_s", "wander", "on_s", "settle_scales", "unseen_s"})


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
