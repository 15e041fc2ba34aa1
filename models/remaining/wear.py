"""The hidden wear of a machine: a few slow numbers that explain all its signals, whatever the regime."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy.linalg
from sklearn.base import BaseEstimator

from models.remaining.history import Floats, Places
from models.remaining.observed import StepMeans

MOST_REPEATED = 0.5
"""A signal that shows the same value again in more than this part of its steps is too coarse to show wear."""

CLIP = 8.0
"""No value counts for more scales than this."""

SMOOTH_STEPS = 8.0
"""Standard deviation of the two-sided kernel that wear is smoothed with while it is learnt."""

MOST_NUMBERS = 6
CLEAR = 2.0
"""A number of wear is more than noise where its slow variance exceeds this multiple of the noise of a step."""

ROUNDS = 6
FLOOR = 1e-4
"""Least variance of a signal's noise, in squared scales."""

LEAN = 0.05
"""Wear leans on its usual value with this weight, in squared scales of one observation."""

RIDGE = 1e-3
"""A signal's slope with the settings is shrunk by this part of their spread."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What each of n steps says about the k numbers of wear, so that evidence adds up.

    Attributes:
        weight: (n, k, k) how sure it is, the inverse of its covariance; zeros where there was no row.
        pull: (n, k) that times the wear it speaks for.
    """

    weight: Floats
    pull: Floats

    def __len__(self) -> int:
        return len(self.pull)


class HiddenWear(BaseEstimator):  # type: ignore[misc]  # scikit-learn is not typed
    """Factor analysis of run-to-failure histories in which the factors move slowly (alternating least squares).

    A signal in regime r is `base_[r] + slope_[r] · settings + loading_[r] · wear` and noise, correlated between
    signals; wear is what is common to the regimes and smooth in time, scaled to variance 1 over all histories.

    Fitted: `centre_`, `gain_` (K, p) scale the signals, with gain 0 for those that are left out; `kept_` are the s
    signals that are used, with `base_` (K, s), `slope_` (K, s, q), `loading_` (K, s, k) and `noise_` (K, s, s).
    """

    def fit(self, histories: Sequence[StepMeans], regimes: int) -> Self:
        """Learn from histories in steps.

        Raises:
            ValueError: no signal varies within its regime.
        """
        regime = np.concatenate([one.regime for one in histories])
        values = np.concatenate([one.values for one in histories])
        away = np.concatenate([one.away for one in histories])
        self._scale(histories, regime, values, regimes)
        z = self._scaled(values, regime)
        smooth = np.concatenate([_smoothed(one, part) for one, part in _parts(histories, z)])
        wear = _first(np.where(np.isfinite(z), z, smooth), smooth)
        for _ in range(ROUNDS):
            self._regress(z, regime, away, wear, regimes)
            found = [smoothed(self.evidence(one), SMOOTH_STEPS)[one.step] for one in histories]
            wear = _white(np.concatenate(found))
        self._regress(z, regime, away, wear, regimes)
        return self

    @property
    def numbers(self) -> int:
        """Return k, how many numbers of wear there are."""
        return int(self.loading_.shape[2])

    def evidence(self, observed: StepMeans) -> Evidence:
        """Return what each step of a history says of wear; signals that are missing say nothing."""
        k = self.numbers
        weight, pull = np.zeros((observed.steps, k, k)), np.zeros((observed.steps, k))
        rest = self._scaled(observed.values, observed.regime) - self._expected(observed.regime, observed.away)
        heard = np.isfinite(rest)
        patterns, which = np.unique(np.column_stack([observed.regime, heard]), axis=0, return_inverse=True)
        for index, pattern in enumerate(patterns):
            here, there = which.ravel() == index, pattern[1:].astype(bool)
            if not there.any():
                continue
            loading = self.loading_[pattern[0]][there]
            gain = np.linalg.solve(self.noise_[pattern[0]][np.ix_(there, there)], loading)
            np.add.at(weight, observed.step[here], gain.T @ loading)
            np.add.at(pull, observed.step[here], rest[here][:, there] @ gain)
        return Evidence(weight=weight, pull=pull)

    def _scale(self, histories: Sequence[StepMeans], regime: Places, values: Floats, regimes: int) -> None:
        self.centre_ = np.stack([_mean(values[regime == k]) for k in range(regimes)])
        spread = np.sqrt(np.stack([_mean((values[regime == k] - self.centre_[k]) ** 2) for k in range(regimes)]))
        varies = (spread > 1e-9 * np.maximum(1.0, np.abs(self.centre_))).all(axis=0)
        varies &= _repeated(histories) <= MOST_REPEATED
        if not varies.any():
            raise ValueError("no signal varies enough within its regime to tell of wear")
        self.kept_ = np.flatnonzero(varies)
        self.gain_ = np.where(varies, 1.0 / np.where(spread > 0, spread, 1.0), 0.0)

    def _scaled(self, values: Floats, regime: Places) -> Floats:
        z = (values - self.centre_[regime]) * self.gain_[regime]
        clipped: Floats = np.clip(z[:, self.kept_], -CLIP, CLIP)
        return clipped

    def _expected(self, regime: Places, away: Floats) -> Floats:
        expected: Floats = self.base_[regime] + np.einsum("msq,mq->ms", self.slope_[regime], away)
        return expected

    def _regress(self, z: Floats, regime: Places, away: Floats, wear: Floats, regimes: int) -> None:
        """Fit each signal in each regime by wear and settings; the residuals are the noise."""
        q = away.shape[1]
        fits = [_fit(z[regime == r], away[regime == r], wear[regime == r]) for r in range(regimes)]
        self.base_ = np.stack([fit[:, 0] for fit, _ in fits])
        self.slope_ = np.stack([fit[:, 1 : 1 + q] for fit, _ in fits])
        self.loading_ = np.stack([fit[:, 1 + q :] for fit, _ in fits])
        self.noise_ = np.stack([noise for _, noise in fits])


def smoothed(evidence: Evidence, steps: float) -> Floats:
    """Return the wear at every step (n, k), from the evidence on both sides; not causal."""
    at = np.arange(len(evidence))
    kernel = np.exp(-0.5 * ((at[:, None] - at) / steps) ** 2)
    weight = np.einsum("ts,sij->tij", kernel, evidence.weight)
    return settle(weight, kernel @ evidence.pull, LEAN)


def settle(weight: Floats, pull: Floats, lean: float) -> Floats:
    """Return the wear (n, k) that summed evidence speaks for, leaning on the usual, 0."""
    solved: Floats = np.asarray(np.linalg.solve(weight + lean * np.eye(pull.shape[1]), pull[:, :, None])[:, :, 0])
    return solved


def _mean(rows: Floats) -> Floats:
    there = np.isfinite(rows)
    mean: Floats = np.where(there, rows, 0.0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    return mean


def _repeated(histories: Sequence[StepMeans]) -> Floats:
    """Return in which part of the steps each signal (p,) shows the value it showed before in the same regime."""
    same, pairs = np.zeros(histories[0].values.shape[1]), np.zeros(histories[0].values.shape[1])
    for one in histories:
        for regime in np.unique(one.regime):
            change = np.diff(one.values[one.regime == regime], axis=0)
            same += (change == 0).sum(axis=0)
            pairs += np.isfinite(change).sum(axis=0)
    return same / np.maximum(pairs, 1)


def _parts(histories: Sequence[StepMeans], rows: Floats) -> list[tuple[StepMeans, Floats]]:
    ends = np.cumsum([len(one.step) for one in histories])
    return list(zip(histories, np.split(rows, ends[:-1]), strict=True))


def _smoothed(observed: StepMeans, z: Floats) -> Floats:
    """Smooth each signal over the steps of one history (m, s), whatever the regime."""
    kernel = np.exp(-0.5 * ((observed.step[:, None] - observed.step) / SMOOTH_STEPS) ** 2)
    there = np.isfinite(z)
    mean: Floats = (kernel @ np.where(there, z, 0.0)) / np.maximum(kernel @ there, 1e-9)
    return mean


def _first(z: Floats, smooth: Floats) -> Floats:
    """Find the directions in which slow change stands out most from noise; return the wear (m, k) along them."""
    noise = np.atleast_2d(np.cov((z - smooth).T)) + FLOOR * np.eye(z.shape[1])
    clear, directions = scipy.linalg.eigh(np.atleast_2d(np.cov(smooth.T)), noise)
    count = int(np.clip((clear > CLEAR).sum(), 1, MOST_NUMBERS))
    return _white(smooth @ directions[:, ::-1][:, :count])


def _white(wear: Floats) -> Floats:
    """Turn and scale wear so that its numbers are uncorrelated with mean 0 and variance 1."""
    centred = wear - wear.mean(axis=0)
    _, scale, turn = np.linalg.svd(centred, full_matrices=False)
    white: Floats = centred @ (turn.T / np.maximum(scale, 1e-9)) * np.sqrt(len(wear))
    return white


def _fit(z: Floats, away: Floats, wear: Floats) -> tuple[Floats, Floats]:
    """Regress signals (m, s) on [1, settings, wear]: coefficients (s, 1 + q + k) and covariance of the rest (s, s)."""
    terms = np.column_stack([np.ones(len(z)), away, wear])
    ridge = np.concatenate([[0.0], np.full(away.shape[1], RIDGE * len(z)), np.full(wear.shape[1], 1e-9)])
    there = np.isfinite(z)
    known = np.where(there, z, 0.0)
    fit = np.zeros((z.shape[1], terms.shape[1]))
    for j in range(z.shape[1]):
        used = terms[there[:, j]]
        fit[j] = np.linalg.lstsq(used.T @ used + np.diag(ridge), used.T @ known[there[:, j], j], rcond=None)[0]
    rest = np.where(there, known - terms @ fit.T, 0.0)
    pairs = np.maximum(there.T.astype(float) @ there, 1.0)
    return fit, _positive(rest.T @ rest / pairs)


def _positive(covariance: Floats) -> Floats:
    """Lift a covariance whose entries come from different rows to one that some noise can have."""
    scale, turn = np.linalg.eigh(covariance)
    lifted: Floats = (turn * (np.maximum(scale, 0.0) + FLOOR)) @ turn.T
    return lifted
