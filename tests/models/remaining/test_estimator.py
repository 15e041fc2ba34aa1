"""Remaining life is learnt from machines that failed, and told of those that run."""

from __future__ import annotations

import numpy as np
import pytest

from models.catalogue import loaded, packed
from models.remaining.classes import TRUSTED
from models.remaining.estimator import RemainingLife
from models.remaining.history import History, Life
from models.remaining.regressor import LifeRegressor
from tests.models.remaining.engines import left, life

QUICK = LifeRegressor(members=3, updates=400, trees=40, most_rows=4_000)
HORIZON = 100.0


def learnt(lives: list[Life], **wanted: float) -> RemainingLife:
    return RemainingLife(horizon=HORIZON, regressor=QUICK, virtual_lives=40, **wanted).fit(lives)


@pytest.fixture(scope="module")
def model() -> RemainingLife:
    return learnt([life(seed) for seed in range(20)])


@pytest.fixture(scope="module")
def others() -> list[Life]:
    return [life(seed) for seed in range(100, 120)]


def test_machines_it_has_never_seen_are_told_much_better_than_by_their_age(
    model: RemainingLife, others: list[Life]
) -> None:
    told, truth, by_age = [], [], []
    for one in others:
        late = left(one) <= HORIZON
        told += model.predict(one.history).likely[late].tolist()
        truth += left(one)[late].tolist()
        by_age += (150.0 - one.history.time[late]).tolist()
    error = np.sqrt(np.mean((np.array(told) - truth) ** 2))
    error_by_age = np.sqrt(np.mean((np.array(by_age) - truth) ** 2))
    assert error < 0.5 * error_by_age
    assert error < 14.0


def test_the_interval_holds_about_as_much_of_the_truth_as_it_says(model: RemainingLife, others: list[Life]) -> None:
    held = []
    for one in others:
        told = model.predict(one.history)
        assert (told.low <= told.likely).all()
        assert (told.likely <= told.high).all()
        late = left(one) <= 0.9 * HORIZON
        held += ((told.low <= left(one)) & (left(one) <= told.high))[late].tolist()
    assert 0.65 <= np.mean(held) <= 0.95, "80 % are promised"


def test_what_was_told_at_a_cycle_does_not_depend_on_later_ones(model: RemainingLife, others: list[Life]) -> None:
    whole = model.predict(others[0].history)
    cut = model.predict(others[0].history.until(60))
    np.testing.assert_array_equal(cut.likely, whole.likely[:60])
    np.testing.assert_array_equal(cut.high, whole.high[:60])


def test_the_same_lives_give_the_same_model(model: RemainingLife, others: list[Life]) -> None:
    again = learnt([life(seed) for seed in range(20)])
    np.testing.assert_array_equal(again.predict(others[0].history).likely, model.predict(others[0].history).likely)


def test_regimes_of_the_settings_are_told_apart() -> None:
    model = learnt([life(seed, regimes=2) for seed in range(20)])
    assert len(model.conditions_.middle_) == 2
    for one in (life(seed, regimes=2) for seed in range(200, 205)):
        late = left(one) <= 60
        assert np.abs(model.predict(one.history).likely[late] - left(one)[late]).mean() < 15


def test_missing_values_and_rows_do_little_harm(model: RemainingLife, others: list[Life]) -> None:
    one = others[0].history
    rng = np.random.default_rng(0)
    rows = np.where(rng.random(one.rows.shape) < 0.2, np.nan, one.rows)
    kept = np.delete(np.arange(len(rows)), slice(40, 50))
    holed = History(time=one.time[kept], rows=rows[kept], settings=one.settings[kept], begin=0.0)
    assert abs(model.predict(holed).likely[-1] - model.predict(one).likely[-1]) < 15


def test_a_model_comes_out_of_the_record_as_it_went_in(model: RemainingLife, others: list[Life]) -> None:
    from models.catalogue import libraries

    again = loaded(packed(model), name="life/v1", libraries=libraries(), trusted=TRUSTED)
    np.testing.assert_array_equal(again.predict(others[0].history).likely, model.predict(others[0].history).likely)


def test_too_few_lives_are_refused_with_how_many_are_needed() -> None:
    with pytest.raises(ValueError, match="needs 8 machines that ran to failure, there are 3"):
        learnt([life(seed) for seed in range(3)])


def test_signals_that_never_vary_are_refused() -> None:
    flat = [
        Life(
            history=History(time=one.history.time, rows=np.ones((len(one.history.time), 2)),
                settings=one.history.settings, begin=0.0),
            failed_at=one.failed_at,
        )
        for one in (life(seed) for seed in range(8))
    ]  # fmt: skip
    with pytest.raises(ValueError, match="no signal varies enough"):
        learnt(flat)


def test_a_machine_that_failed_before_its_last_row_is_refused() -> None:
    with pytest.raises(ValueError, match="failed at 3 has a row at"):
        Life(history=life(0).history, failed_at=3.0)
