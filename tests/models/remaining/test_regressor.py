"""The regressor keeps scikit-learn's contract, and its interval is learnt from groups it has not seen."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.utils.estimator_checks import parametrize_with_checks

from models.remaining.regressor import LifeRegressor

QUICK = LifeRegressor(members=2, updates=30, trees=5, leaf_rows=5)  # the contract asks for no accuracy


@parametrize_with_checks([QUICK])
def test_it_keeps_the_contract(estimator: BaseEstimator, check: object) -> None:
    assert callable(check)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(estimator)


def grouped(groups: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """Rows of groups that each err in their own way."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(groups), 40)
    x = rng.uniform(0, 1, (len(group), 3))
    own = rng.normal(0, 5, groups)[group]
    return x, 50 * x[:, 0] + own + rng.normal(0, 1, len(group)), group


def test_the_interval_holds_what_it_says_of_groups_it_has_not_seen() -> None:
    x, y, group = grouped(60, 0)
    model = LifeRegressor(members=5, updates=300, trees=30).fit(x, y, groups=group)
    x, y, _ = grouped(200, 1)
    low, high = model.predict_interval(x).T
    assert 0.7 <= np.mean((low <= y) & (y <= high)) <= 0.9


def test_jobs_do_not_change_a_number() -> None:
    x, y, group = grouped(20, 0)
    one, two = (LifeRegressor(members=4, updates=50, trees=10, n_jobs=jobs).fit(x, y, groups=group) for jobs in (1, 2))
    np.testing.assert_array_equal(one.predict(x), two.predict(x))


def test_a_part_that_is_no_part_is_refused() -> None:
    with pytest.raises(ValueError, match="lie between 0 and 1"):
        LifeRegressor(coverage=1.5).fit(np.zeros((10, 2)), np.arange(10.0))
