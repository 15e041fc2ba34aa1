"""Training that is not clean is named, with its rows, and what is grossly apart is not learnt from."""

from __future__ import annotations

import numpy as np
import pytest

from models.detector.arrays import Floats
from models.detector.estimator import ConditionDetector

ROWS = 1600
EIGHT_PERCENT = 128


def machine(seed: int, rows: int = ROWS) -> Floats:
    """Three signals that wander a little about their means."""
    chance = np.random.default_rng(seed)
    noise = chance.normal(0.0, 1.0, (rows, 3))
    wander = np.zeros((rows, 3))
    for k in range(1, rows):
        wander[k] = 0.98 * wander[k - 1] + 0.1 * chance.normal(0.0, 1.0, 3)
    return [10.0, 50.0, 3.0] + (noise + wander) * [0.1, 1.0, 0.05]


def fitted(rows: Floats) -> ConditionDetector:
    return ConditionDetector().fit(rows, time=1000.0 + np.arange(len(rows)))


def finds_a_fault(detector: ConditionDetector) -> bool:
    """Whether a lasting shift of two signals by three spreads is found within a minute, and nothing before."""
    rows = machine(99, 700)
    rows[500:, :2] += [0.3, 3.0]
    scored, _ = detector.stream(detector.start(), rows, 1e6 + np.arange(700.0))
    return bool(scored.alarm[500:560].any() and not scored.alarm[:500].any())


@pytest.mark.parametrize("seed", range(6))
def test_clean_training_is_learnt_from_whole(seed: int) -> None:
    assert fitted(machine(seed)).apart_ == []


@pytest.mark.parametrize("begin", [0, 300, 901, ROWS - EIGHT_PERCENT])
def test_an_upset_in_eight_percent_of_the_training_is_named_and_does_not_blind(begin: int) -> None:
    rows = machine(1)
    rows[begin : begin + EIGHT_PERCENT, 1] += 12.0
    detector = fitted(rows)
    (named,) = detector.apart_
    assert named["left_out"]
    assert named["departure"] == ("beginning" if begin == 0 else "upset")
    assert abs(named["from_s"] - (1000.0 + begin)) <= 10
    assert 0 <= named["to_s"] - (999.0 + begin + EIGHT_PERCENT) <= 40 or begin + EIGHT_PERCENT == ROWS
    assert finds_a_fault(detector)


def test_a_machine_that_only_became_loud_for_a_while_is_named() -> None:
    rows = machine(2)
    rows[700:850] += np.random.default_rng(5).normal(0.0, 8.0, (150, 3)) * [0.1, 1.0, 0.05]
    (named,) = fitted(rows).apart_
    assert 1690 <= named["from_s"] <= 1740
    assert 1820 <= named["to_s"] <= 1900


@pytest.mark.parametrize("at", [600, 800, 1000])
def test_of_a_shift_what_comes_after_it_is_learnt(at: int) -> None:
    rows = machine(3)
    rows[at:, :2] += [1.0, 10.0]
    detector = fitted(rows)
    (named,) = detector.apart_
    assert (named["departure"], named["from_s"], named["left_out"]) == ("shift", 1000.0, True)
    assert abs(named["to_s"] - (1000.0 + at)) <= 40
    assert detector.norms().centre[0, 1, 0] == pytest.approx(60.0, abs=0.5)


def test_a_mode_that_comes_again_and_again_is_how_the_machine_runs() -> None:
    rows = machine(4)
    for begin in (200, 800, 1300):
        rows[begin : begin + 110, 1] += 12.0
    assert fitted(rows).apart_ == []


def test_what_lies_only_a_little_apart_is_named_and_learnt_from() -> None:
    rows = machine(5)
    rows[500:628, 1] += 4.0
    (named,) = fitted(rows).apart_
    assert not named["left_out"]
    assert 1.5 <= named["level"] < 5.0


def test_where_too_little_is_left_training_is_refused_with_the_rows() -> None:
    rows = np.random.default_rng(0).normal(0.0, 1.0, (66, 20))
    rows[:24] += 30.0
    detector = ConditionDetector(min_training_s=0.0)
    with pytest.raises(ValueError, match=r"unclean training data: rows 0 to \d+ \(\w+\) lie apart .* more needed"):
        detector.fit(rows, time=np.arange(66.0))
