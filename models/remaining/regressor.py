"""Networks and boosted trees side by side, which predict a number and an interval from columns, group by group."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Self

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_consistent_length, check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from models.remaining.history import Floats, Places

CLIP = 4.0
"""No column counts for more standard deviations than this."""

BINS = 10
"""Errors are looked at in so many bands of the predicted number, each with as many rows."""

LEARNING_RATE = 2e-3
SHRINKAGE = 0.05
COLUMNS_A_SPLIT = 0.3
ROWS_A_BIN = 20
Layers = list[tuple[Floats, Floats]]
Flags = NDArray[np.bool_]
Progress = Callable[[int, int], None]


class LifeRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is not typed
    """Mean of members, each a network and boosted trees trained without a part of the groups.

    A group is what belongs together, for instance all rows of one machine: rows of machines that a member has never
    seen give the errors behind the interval (cross-conformal prediction, Vovk 2015; here with errors that depend on the
    predicted number).

    Args:
        members: how many there are of each.
        left_out: the part of the groups that each member does not see.
        hidden: sizes of a network's hidden layers.
        alpha: its L2 penalty.
        updates: its steps of gradient descent (Adam, `batch` rows a step).
        batch: rows in such a step.
        trees: trees of each member, with `leaves` leaves at most and `leaf_rows` rows a leaf at least.
        leaves: see `trees`.
        leaf_rows: see `trees`.
        most_rows: rows a member is trained on; of more it draws so many.
        coverage: which part of the truth the interval should hold.
        n_jobs: members trained at once; the results do not depend on it.
        random_state: all chance comes from it.

    Fitted: `centre_`, `scale_` (f,), `layers_` and `trees_` of each member, `level_`, `below_` and `above_` (b,).
    """

    def __init__(
        self,
        *,
        members: int = 10,
        left_out: float = 0.2,
        hidden: tuple[int, ...] = (64, 32),
        alpha: float = 1e-2,
        updates: int = 4_000,
        batch: int = 256,
        trees: int = 200,
        leaves: int = 15,
        leaf_rows: int = 40,
        most_rows: int = 20_000,
        coverage: float = 0.8,
        n_jobs: int | None = None,
        random_state: int | np.random.RandomState | None = 0,
    ) -> None:
        self.members = members
        self.left_out = left_out
        self.hidden = hidden
        self.alpha = alpha
        self.updates = updates
        self.batch = batch
        self.trees = trees
        self.leaves = leaves
        self.leaf_rows = leaf_rows
        self.most_rows = most_rows
        self.coverage = coverage
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(
        self,
        X: ArrayLike,  # noqa: N803
        y: ArrayLike,
        groups: ArrayLike | None = None,
        *,
        progress: Progress | None = None,
    ) -> Self:
        """Learn from rows `X` (n, f) with the number `y` (n,); each row is a group of its own where `groups` is None.

        `progress` hears (done, total) of the members.

        Raises:
            ValueError: a column or number is missing, or a parameter makes no sense.
        """
        if not (0 < self.left_out < 1 and 0 < self.coverage < 1):
            raise ValueError("left_out and coverage lie between 0 and 1")
        rows, known = validate_data(self, X, y, dtype=np.float64, y_numeric=True)
        which = np.arange(len(rows)) if groups is None else np.unique(groups, return_inverse=True)[1].ravel()
        check_consistent_length(rows, which)
        rng = check_random_state(self.random_state)
        self.centre_, self.scale_ = rows.mean(axis=0), rows.std(axis=0)
        self.scale_[self.scale_ == 0] = 1.0
        self.low_, self.high_ = float(known.min()), float(known.max())
        z, target = self._scaled(rows), (known - self.low_) / max(self.high_ - self.low_, 1e-12)
        seen = _seen_by_members(which, self.members, self.left_out, rng)
        draws = [_sample(np.flatnonzero(one), self.most_rows, rng) for one in seen]
        seeds = rng.randint(np.iinfo(np.int32).max, size=self.members)
        jobs = (
            delayed(_trained)(z[draw], target[draw], *self._untrained(len(draw), int(seed)))
            for draw, seed in zip(draws, seeds, strict=True)
        )
        trained = []
        for member in Parallel(n_jobs=self.n_jobs, return_as="generator")(jobs):
            trained.append(member)
            if progress is not None:
                progress(len(trained), self.members)
        self.layers_: list[Layers] = [layers for layers, _ in trained]
        self.trees_: list[HistGradientBoostingRegressor] = [trees for _, trees in trained]
        self._learn_errors(z, known, seen)
        return self

    def predict(self, X: ArrayLike) -> Floats:  # noqa: N803
        """Return the number (n,) of rows `X` (n, f), within the range of training."""
        check_is_fitted(self)
        rows = validate_data(self, X, reset=False, dtype=np.float64)
        return self._bounded(
            np.mean([self._predict_member(member, self._scaled(rows)) for member in range(self.members)], axis=0)
        )

    def predict_interval(self, X: ArrayLike) -> Floats:  # noqa: N803
        """Return the lower and upper bound (n, 2) between which the truth lies with the probability `coverage`."""
        predicted = self.predict(X)
        below = predicted + np.interp(predicted, self.level_, self.below_)
        above = predicted + np.interp(predicted, self.level_, self.above_)
        interval: Floats = np.clip(np.stack([below, above], axis=1), self.low_, self.high_)
        return interval

    def _scaled(self, rows: Floats) -> Floats:
        scaled: Floats = np.clip((rows - self.centre_) / self.scale_, -CLIP, CLIP)
        return scaled

    def _bounded(self, predicted: Floats) -> Floats:
        bounded: Floats = np.clip(self.low_ + predicted * (self.high_ - self.low_), self.low_, self.high_)
        return bounded

    def _predict_member(self, member: int, z: Floats) -> Floats:
        """Return what one member predicts (n,), in parts of the range of training."""
        with threadpool_limits(1):
            predicted: Floats = 0.5 * (_forward(z, self.layers_[member]) + self.trees_[member].predict(z))
        return predicted

    def _untrained(self, rows: int, seed: int) -> tuple[MLPRegressor, HistGradientBoostingRegressor]:
        batch = min(self.batch, rows)
        network = MLPRegressor(
            hidden_layer_sizes=self.hidden,
            alpha=self.alpha,
            batch_size=batch,
            learning_rate_init=LEARNING_RATE,
            max_iter=max(1, round(self.updates * batch / rows)),
            n_iter_no_change=self.updates,
            random_state=seed,
        )
        trees = HistGradientBoostingRegressor(
            learning_rate=SHRINKAGE,
            max_iter=self.trees,
            max_leaf_nodes=self.leaves,
            min_samples_leaf=self.leaf_rows,
            l2_regularization=1.0,
            max_features=COLUMNS_A_SPLIT,
            early_stopping=False,
            random_state=seed,
        )
        return network, trees

    def _learn_errors(self, z: Floats, known: Floats, seen: list[Flags]) -> None:
        """Learn how far off the members are on what they have not seen, by the number they predict."""
        summed, count = np.zeros(len(z)), np.zeros(len(z))
        for member, mask in enumerate(seen):
            summed[~mask] += self._predict_member(member, z[~mask])
            count[~mask] += 1
        unseen = count > 0
        guess = self._bounded(summed[unseen] / count[unseen])
        self.level_, self.below_, self.above_ = _error_bands(guess, known[unseen] - guess, self.coverage)


def _seen_by_members(which: Places, members: int, left_out: float, rng: np.random.RandomState) -> list[Flags]:
    """Say which rows (n,) each member sees: the groups are shuffled, and the members leave out one part in turn."""
    groups = int(which.max()) + 1
    if groups < 2:
        raise ValueError("at least 2 groups are needed to leave one out; this is 1 group, or 1 sample")
    parts = min(groups, max(2, round(1 / left_out)))
    seen: list[Flags] = []
    while len(seen) < members:
        part = rng.permutation(groups) % parts
        seen += [part[which] != one for one in range(parts)]
    return seen[:members]


def _sample(rows: Places, most: int, rng: np.random.RandomState) -> Places:
    return rows if len(rows) <= most else rng.choice(rows, most, replace=False)


def _trained(
    z: Floats, target: Floats, network: MLPRegressor, trees: HistGradientBoostingRegressor
) -> tuple[Layers, HistGradientBoostingRegressor]:
    """Train a member in one thread, so that neither its speed nor its numbers suffer from who else is at work."""
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(z, target)
        trees.fit(z, target)
    return list(zip(network.coefs_, network.intercepts_, strict=True)), trees


def _forward(z: Floats, layers: Layers) -> Floats:
    for weight, bias in layers[:-1]:
        z = np.maximum(z @ weight + bias, 0.0)
    weight, bias = layers[-1]
    predicted: Floats = (z @ weight + bias)[:, 0]
    return predicted


def _error_bands(predicted: Floats, error: Floats, coverage: float) -> tuple[Floats, Floats, Floats]:
    """Return for bands of the predicted number: its mean, and the errors below and above which (1 - coverage) / 2 lie.

    >>> predicted = np.repeat([1.0, 2.0], 1000)
    >>> level, below, above = _error_bands(predicted, predicted * np.tile(np.linspace(-1, 1, 200), 10), 0.8)
    >>> level[[0, -1]].tolist(), above[[0, -1]].round(1).tolist()
    ([1.0, 2.0], [0.8, 1.6])
    """
    order = np.argsort(predicted, kind="stable")
    bands = np.array_split(order, int(np.clip(len(predicted) // ROWS_A_BIN, 1, BINS)))
    tail = (1 - coverage) / 2
    level = np.array([predicted[band].mean() for band in bands])
    below = np.array([np.quantile(error[band], max(0.0, tail - tail / len(band))) for band in bands])
    above = np.array([np.quantile(error[band], min(1.0, 1 - tail + tail / len(band))) for band in bands])
    return level, np.minimum(below, 0.0), np.maximum(above, 0.0)
