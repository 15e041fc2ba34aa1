from __future__ import annotations

import numpy as np
import pytest

from models.detector.arrays import Floats
from models.detector.bank import DetectorBank
from models.detector.daily import between_hours, swing
from models.detector.estimator import ConditionDetector
from models.detector.learning.daily_swing import DailySwing

PERIOD_S = 1800.0
DAY = 48
BEGIN_S = 1_764_460_800.0
"""Midnight of a day in UTC."""


def machine(days: int, seed: int, swing: float = 5.0) -> tuple[Floats, Floats]:
    """Return times (n,) and three signals (n, 3), of which the first two go with the time of day."""
    chance = np.random.default_rng(seed)
    time = BEGIN_S + PERIOD_S * np.arange(days * DAY)
    angle = 2 * np.pi * time / 86_400.0
    rows = chance.normal(0.0, 1.0, (len(time), 3)) + np.array([20.0, 50.0, 5.0])
    rows[:, 0] += swing * np.sin(angle) + 0.4 * swing * np.cos(2 * angle)
    rows[:, 1] -= swing * np.cos(angle)
    return time, rows


def test_what_comes_every_day_is_expected_at_its_hour_and_named() -> None:
    time, rows = machine(14, 0)
    detector = ConditionDetector().fit(rows, time=time)
    assert detector.daily_.tolist() == [0, 1]
    table = detector.norms().daily
    six = swing(table, np.array([BEGIN_S + 6 * 3600.0]))[:, 0]
    assert six == pytest.approx([5.0 - 2.0, 0.0, 0.0], abs=0.6)


def test_a_fault_smaller_than_the_swing_is_found_and_the_swing_is_none() -> None:
    time, rows = machine(40, 1)
    rows[30 * DAY : 34 * DAY, 0] += 3.0
    training = slice(0, 14 * DAY)
    detector = ConditionDetector().fit(rows[training], time=time[training])
    result, _ = detector.stream(detector.start(), rows[14 * DAY :], time[14 * DAY :])
    assert not result.alarm[: 16 * DAY].any()
    assert result.alarm[16 * DAY : 20 * DAY].mean() > 0.8


def test_a_model_that_knows_no_day_does_not_find_that_fault() -> None:
    time, rows = machine(40, 1)
    rows[30 * DAY : 34 * DAY, 0] += 3.0
    hourless = ConditionDetector().fit(rows[: 3 * DAY], time=time[: 3 * DAY])
    assert hourless.daily_.tolist() == []
    result, _ = hourless.stream(hourless.start(), rows[14 * DAY :], time[14 * DAY :])
    assert result.alarm[16 * DAY : 20 * DAY].mean() < 0.5


def test_noise_and_slow_wandering_are_no_swing() -> None:
    chance = np.random.default_rng(2)
    time = BEGIN_S + PERIOD_S * np.arange(14 * DAY)
    wandering = np.cumsum(chance.normal(0, 1, (len(time), 10)), axis=0)
    still = chance.normal(0, 1, (len(time), 10))
    for rows in (wandering, still):
        found = DailySwing.of(rows, time, np.ones(10, np.bool_))
        assert found.table.shape == (0, 10)
        assert not found.left_out.any()


def test_a_swing_is_asked_of_days_that_were_left_out() -> None:
    """The rows of a day are judged by what the other days say, so a day unlike the others stays unlike them."""
    time, rows = machine(8, 3)
    rows[3 * DAY : 4 * DAY, 0] = 20.0
    found = DailySwing.of(rows, time, np.array([True, False, False]))
    assert np.abs(found.left_out[3 * DAY : 4 * DAY, 0]).max() > 4.0


def test_beside_models_that_know_no_day_each_scores_as_if_alone() -> None:
    time, rows = machine(6, 4)
    both = [ConditionDetector().fit(rows, time=time), ConditionDetector().fit(rows[:DAY], time=time[:DAY])]
    later, fresh = machine(8, 5)
    later, fresh = later[6 * DAY :], fresh[6 * DAY :]
    bank = DetectorBank(both)
    together, _ = bank.stream(bank.start(), np.repeat(fresh[:, None], 2, axis=1), np.repeat(later[:, None], 2, axis=1))
    for place, detector in enumerate(both):
        alone, _ = detector.stream(detector.start(), fresh, later)
        assert np.array_equal(together.score[:, place], alone.score)


def test_straight_lines_lead_from_hour_to_hour_and_over_midnight() -> None:
    table = np.arange(24.0)[:, None, None]
    at = BEGIN_S + np.array([1800.0, 5400.0, 3600.0, 0.0])
    assert [float(swing(table, np.array([one]))[0, 0]) for one in at] == [0.0, 1.0, 0.5, 11.5]
    assert between_hours(at)[0].tolist() == [0, 1, 0, 23]
    assert swing(table, np.array([np.nan])).tolist() == [[0.0]]
