"""The detector every machine gets: what deviates from its own recent normal, by how much, and which signals show it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, OutlierMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

from models.detector import former
from models.detector.arrays import Floats
from models.detector.kernel import run
from models.detector.learning.fitting import learn
from models.detector.learning.prepared import TrainingOptions
from models.detector.parameters import Norms, Pace, flat_norms, norms_of
from models.detector.results import Scored, scored
from models.detector.state import LAYOUT, last_rows, refuse_other_width


class ConditionDetector(OutlierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is not typed
    """A multivariate exponentially weighted moving average, against a slowly adapting baseline and a cross-fitted line.

    Causal: the score of a row depends on it and earlier rows only. Time constants are counted in beats, the usual
    period of the data, at least a second. `docs/models.md` gives the formulae and what each part is worth.

    Args:
        smooth: time constant of the mean that is judged, in beats; a value older than twice that is no evidence.
        baseline: time constant, in beats, of the baseline it is compared with, which stands still during an alarm.
        clip: deviations beyond so many scales count as this many, so that one wild value is no alarm.
        wander: how much wider than in training a signal is taken to spread that varies slowly.
        on: an alarm begins when the level's excess over the line, in lines, sums up to so many beats.
        release_ratio: an alarm ends below this part of its peak (or below the alarm line).
        wear_training_s: the least span of training from which wear is judged, in seconds.
        unseen_s: settings outside of training are said to be an unseen regime after so many seconds.
        min_training_s: the least span of training data, asked for when `fit` is given the `time` of its rows.

    The chart is that of Lowry et al. (1992), the shrinkage that of Ledoit and Wolf (2004), the shares follow the
    decomposition of Garthwaite and Koch (2016).
    """

    def __init__(
        self,
        *,
        smooth: float = 7.0,
        baseline: float = 150.0,
        clip: float = 30.0,
        wander: float = 1.0,
        on: float = 4.0,
        release_ratio: float = 0.45,
        wear_training_s: float = 86_400.0,
        unseen_s: float = 60.0,
        min_training_s: float = 300.0,
    ) -> None:
        self.smooth = smooth
        self.baseline = baseline
        self.clip = clip
        self.wander = wander
        self.on = on
        self.release_ratio = release_ratio
        self.wear_training_s = wear_training_s
        self.unseen_s = unseen_s
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
        clock = clock_of(time, len(rows))
        learnt = learn(rows, clock, self._options(tuple(settings), tuple(symptoms), time is None))
        self.norms_ = flat_norms(learnt.norms)
        self.settings_, self.regimes_ = len(settings), len(learnt.norms.reach)
        self.hours_ = len(learnt.norms.daily)
        self.start_, self.layout_ = learnt.start, LAYOUT
        self.still_ = np.flatnonzero(learnt.still)
        self.counting_ = np.flatnonzero(learnt.norms.counting[:, 0])
        self.daily_ = np.flatnonzero(learnt.norms.daily[..., 0].any(axis=0))
        self.apart_ = [each.told(clock) for each in learnt.apart]
        self.offset_ = -learnt.rare / (1.0 + learnt.rare)
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
        """Return minus the score of rows `X` (n, p), one second apart: higher is healthier, -1 is worst."""
        clock = np.arange(len(np.asarray(X)), dtype=np.float64)
        result, _ = self.stream(self.start(), X, clock)
        return -result.score

    def decision_function(self, X: ArrayLike) -> Floats:  # noqa: N803
        """Return `score_samples` above what was rare in training: negative is an outlier."""
        return self.score_samples(X) - self.offset_

    def predict(self, X: ArrayLike) -> np.ndarray[tuple[int], np.dtype[np.int64]]:  # noqa: N803
        """Return -1 where a row is beyond what was rare in training, 1 elsewhere.

        That is the statistical outlier of scikit-learn; an *alarm* needs more than one row of it: see `stream`.
        """
        return np.where(self.decision_function(X) < 0, -1, 1)

    @property
    def state_layout(self) -> int:
        """Return the layout that states of this detector have; releases before the first number wrote layout 1."""
        return int(getattr(self, "layout_", 1))

    def norms(self) -> Norms:
        """Return what was learnt, as a bank of one asset."""
        check_is_fitted(self)
        given = former.norms(self) if former.trained(self) else {}
        hours = int(getattr(self, "hours_", 0))
        return norms_of(self.norms_, self.n_features_in_, self.settings_, self.regimes_, hours=hours, given=given)

    def pace(self) -> Pace:
        """Return the constants a bank shares."""
        if former.trained(self):
            return former.pace(self)
        return Pace(clip=float(self.clip), release_ratio=float(self.release_ratio), unseen_s=float(self.unseen_s))

    def _options(self, settings: tuple[int, ...], symptoms: tuple[int, ...], timeless: bool) -> TrainingOptions:
        return TrainingOptions(
            smooth=float(self.smooth),
            baseline=float(self.baseline),
            clip=float(self.clip),
            wander=float(self.wander),
            on=float(self.on),
            wear_training_s=float(self.wear_training_s),
            span_needed_s=0.0 if timeless else float(self.min_training_s),
            settings=settings,
            symptoms=symptoms,
        )

    def _refuse_nonsense(self) -> None:
        for name, value in self.get_params().items():
            least = 0.0 if name in _MAY_BE_NOTHING else np.nextafter(0.0, 1.0)
            if not value >= least:
                raise ValueError(f"{name} must be positive, not {value!r}")
        if self.release_ratio > 1:
            raise ValueError("release_ratio is a part of the peak, it cannot exceed it")

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        # Rows are moments: their order matters and a lone row has no past. The tag's meaning is wider than its name;
        # with it scikit-learn does not ask for the same scores after a permutation.
        tags.non_deterministic = True
        return tags


_MAY_BE_NOTHING = frozenset({"min_training_s", "wander", "on", "unseen_s"})


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


ConditionDetector.__module__ = "models.detector"  # by this name every release finds it in a stored model
