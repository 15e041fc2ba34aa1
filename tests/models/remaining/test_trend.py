"""Where a class has no history, wear is carried on to its limit; where it does not grow, nothing is said."""

from __future__ import annotations

import numpy as np
import pytest

from models.remaining.history import Floats
from models.remaining.trend import TimeLeft, WearTrend
from plant.model import Outlook

TEN_MINUTES_S = 600.0
A_DAY = 144
A_DAY_S = 86_400.0
LIMIT = 2.0


def at_rest(n: int, rng: np.random.Generator, *, alike: float = 0.85, spread: float = 0.05) -> Floats:
    """Wear that only wanders, as a mean over an hour does that is written down every ten minutes."""
    steps = rng.standard_normal(n) * np.sqrt(1 - alike**2)
    steps[0] = rng.standard_normal()
    for k in range(1, n):
        steps[k] += alike * steps[k - 1]
    return 0.2 + spread * steps


def growing(days: float, rest_days: float, power: float, rng: np.random.Generator, *, limit: float = LIMIT) -> Floats:
    """Wear that rests, and then reaches the limit in so many days."""
    rest, grows = round(rest_days * A_DAY), round(days * A_DAY)
    wear = at_rest(rest + grows, rng, spread=float(rng.uniform(0.02, 0.1)))
    wear[rest:] += (limit - 0.2) * (np.arange(1, grows + 1) / grows) ** power
    return wear


def tell(wear: Floats) -> TimeLeft:
    return WearTrend(limit=LIMIT).estimate(TEN_MINUTES_S * np.arange(len(wear)), wear)


def test_wear_that_grows_evenly_is_carried_on_to_its_limit() -> None:
    wear = growing(20, 10, 1.0, np.random.default_rng(0))
    left = tell(wear[: 20 * A_DAY])
    assert left.outlook is Outlook.KNOWN
    assert left.likely_s == pytest.approx(10 * A_DAY_S, rel=0.15)
    assert left.low_s is not None
    assert left.high_s is not None
    assert left.low_s < left.likely_s < left.high_s < 15 * A_DAY_S


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    held, widths = [], []
    for _ in range(150):
        wear = growing(rng.uniform(4, 30), rng.uniform(0, 20), float(rng.choice([1.0, 1.5, 2.0])), rng)
        begins = len(wear) - rng.integers(A_DAY, 2 * A_DAY)
        left, truth_s = tell(wear[:begins]), (len(wear) - begins) * TEN_MINUTES_S
        if left.outlook is Outlook.KNOWN and left.low_s is not None:
            held.append(left.low_s <= truth_s <= (left.high_s or np.inf))
            widths.append(((left.high_s or np.inf) - left.low_s) / truth_s)
    assert len(held) > 120
    assert 0.65 <= np.mean(held) <= 0.95, "80 % are promised"
    assert np.median(widths) < 1.0, "an interval that says nothing holds everything"


@pytest.mark.parametrize("alike", [0.85, 0.97, 0.99])
def test_wear_that_only_wanders_has_no_trend(alike: float) -> None:
    rng = np.random.default_rng(2)
    told = [
        tell(at_rest(int(rng.integers(A_DAY, 30 * A_DAY)), rng, alike=alike, spread=0.1)).outlook for _ in range(100)
    ]
    assert told.count(Outlook.NO_TREND) >= 98


def test_wear_that_goes_up_and_down_with_the_day_has_no_trend() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        at = np.arange(rng.integers(A_DAY, 10 * A_DAY))
        wear = at_rest(len(at), rng) + 0.1 * np.sin(2 * np.pi * at / A_DAY + rng.uniform(0, 6))
        assert tell(wear).likely_s is None


def test_a_step_is_no_trend() -> None:
    rng = np.random.default_rng(4)
    for _ in range(20):
        wear = at_rest(10 * A_DAY, rng)
        wear[rng.integers(2 * A_DAY, 9 * A_DAY) :] += 0.6
        assert tell(wear).outlook is Outlook.NO_TREND


def test_what_was_before_a_repair_is_past() -> None:
    rng = np.random.default_rng(5)
    before, rest = growing(20, 5, 1.0, rng)[: 24 * A_DAY], at_rest(5 * A_DAY, rng)
    again = growing(10, 0, 1.0, rng)[: 5 * A_DAY]
    assert tell(before).outlook is Outlook.KNOWN
    assert tell(np.concatenate([before, rest])).outlook is Outlook.NO_TREND
    left = tell(np.concatenate([before, rest, again]))
    assert left.outlook is Outlook.KNOWN
    assert left.likely_s == pytest.approx(5 * A_DAY_S, rel=0.25)


def test_a_limit_that_is_reached_leaves_nothing() -> None:
    left = tell(growing(10, 5, 1.0, np.random.default_rng(6), limit=2.5))
    assert (left.outlook, left.likely_s, left.low_s, left.high_s) == (Outlook.REACHED, 0.0, 0.0, 0.0)


def test_less_than_half_a_day_is_too_short_and_gaps_do_no_harm() -> None:
    assert tell(at_rest(60, np.random.default_rng(7))).outlook is Outlook.TOO_SHORT
    assert tell(np.empty(0)).outlook is Outlook.TOO_SHORT
    wear = growing(20, 10, 1.0, np.random.default_rng(8))[: 20 * A_DAY]
    wear[12 * A_DAY : 14 * A_DAY] = np.nan
    assert tell(wear).likely_s == pytest.approx(10 * A_DAY_S, rel=0.15)


def test_what_lies_much_further_ahead_than_was_looked_back_on_is_not_told() -> None:
    wear = growing(200, 0, 1.0, np.random.default_rng(9))[: 20 * A_DAY]
    left = tell(wear)
    assert left.outlook in {Outlook.FAR, Outlook.NO_TREND}
    assert left.likely_s is None


def test_instants_and_values_must_match() -> None:
    with pytest.raises(ValueError, match="3 instants with 2 values"):
        WearTrend().estimate(np.arange(3.0), np.zeros(2))
