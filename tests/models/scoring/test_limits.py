"""Limits, rates and silence are told without any training, row by row, however the rows are cut."""

from __future__ import annotations

from dataclasses import fields
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.detector.arrays import Floats
from models.scoring import limits as rules
from models.scoring.limits import Limits
from plant.asset import SignalRole
from storage.models.guard import GuardedAsset, GuardedSignal


def signal(number: int = 1, **limits: float | SignalRole) -> GuardedSignal:
    known = {"low": None, "high": None, "most_rate_per_min": None, "role": SignalRole.MEASUREMENT}
    return GuardedSignal(signal_id=number, key=f"s{number}", unit="", **{**known, **limits})  # type: ignore[arg-type]


def asset(*signals: GuardedSignal, silent_s: float = 300.0) -> GuardedAsset:
    return GuardedAsset(asset_id=1, asset="P-1", silent_s=silent_s, signals=signals)


def held(guarded: GuardedAsset, rows: Floats, time: Floats | None = None) -> rules.RuleViolations:
    """What is broken in rows (n, p) of one asset: arrays (n, p)."""
    clock = np.arange(len(rows), dtype=np.float64) if time is None else time
    state = rules.fresh([one.signal_id for one in guarded.signals])
    broken, _ = rules.check(Limits.of([guarded]), state[None, :], rows[:, None, :], clock[:, None])
    return rules.RuleViolations(
        level=broken.level[:, 0], beyond=broken.beyond[:, 0], rate_level=broken.rate_level[:, 0],
        too_fast=broken.too_fast[:, 0], silent=broken.silent[:, 0],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("limits", "value", "level"),
    [
        ({"low": 0.0, "high": 10.0}, 5.0, 0.0),
        ({"low": 0.0, "high": 10.0}, 10.0, 1.0),
        ({"low": 0.0, "high": 10.0}, -5.0, 2.0),
        ({"high": 8.0}, 12.0, 1.5),
        ({"high": 8.0}, 4.0, 0.5),
        ({"low": 2.0}, 1.0, 1.5),
        ({"low": 2.0}, 9.0, 0.0),
        ({"high": 0.0}, 1.0, 2.0),
        ({}, 1e300, 0.0),
    ],
)
def test_the_level_is_one_on_a_limit_and_grows_beyond(limits: dict[str, float], value: float, level: float) -> None:
    assert held(asset(signal(**limits)), np.array([[value]])).level[0, 0] == level


def test_a_limit_is_broken_at_once_and_kept_again_after_a_while_within() -> None:
    rows = np.array([[5.0]] * 3 + [[10.1]] * 2 + [[9.95]] * 30 + [[9.0]] * 15)
    over = held(asset(signal(low=0.0, high=10.0)), rows).beyond[:, 0]
    assert np.flatnonzero(over).tolist() == list(range(3, 35 + 9))


def test_missing_values_neither_break_a_limit_nor_keep_it() -> None:
    rows = np.array([[11.0]] + [[np.nan]] * 60 + [[5.0]] * 20)
    broken = held(asset(signal(high=10.0)), rows)
    assert broken.beyond[:, 0].tolist() == [True] * (1 + 60 + 9) + [False] * 11


def test_a_ramp_is_judged_by_its_rate_whatever_the_spacing() -> None:
    guarded = asset(signal(most_rate_per_min=6.0))
    for period_s in (1.0, 5.0, 30.0):
        time = np.arange(0.0, 600.0, period_s)
        gentle, steep = time[:, None] * 5.0 / 60, time[:, None] * 7.0 / 60
        assert not held(guarded, gentle, time).too_fast.any()
        fast = held(guarded, steep, time)
        assert fast.too_fast[-1, 0]
        assert fast.rate_level[-1, 0] == pytest.approx(7.0 / 6.0, rel=0.01)


def test_noise_is_no_rate_of_change() -> None:
    noise = np.random.default_rng(0).normal(50, 1, (3600, 1))
    assert not held(asset(signal(most_rate_per_min=10.0)), noise).too_fast.any()


def test_a_gap_says_nothing_about_the_rate() -> None:
    rows, time = np.array([[0.0]] * 5 + [[100.0]] * 5), np.r_[np.arange(5.0), 500 + np.arange(5.0)]
    assert not held(asset(signal(most_rate_per_min=1.0)), rows, time).too_fast.any()


def test_a_signal_that_falls_silent_while_others_speak_is_gone_until_it_speaks() -> None:
    rows = np.ones((1200, 2))
    rows[400:900, 1] = np.nan
    gone = held(asset(signal(1), signal(2)), rows).silent
    assert not gone[:, 0].any()
    assert np.flatnonzero(gone[:, 1]).tolist() == list(range(400 + 300, 900))


def test_a_signal_of_long_pauses_is_waited_for_as_long_as_it_takes() -> None:
    rows = np.full((4 * 3600, 2), np.nan)
    rows[:, 0] = 1.0
    rows[: 2 * 3600 : 600, 1] = 1.0
    gone = held(asset(signal(1), signal(2)), rows).silent[:, 1]
    first = np.flatnonzero(gone)[0] - (2 * 3600 - 600)
    assert 4.5 * 600 < first < 5.5 * 600


def test_a_setting_that_is_told_when_it_changes_is_never_silent() -> None:
    rows = np.ones((2000, 2))
    rows[10:, 1] = np.nan
    assert not held(asset(signal(1), signal(2, role=SignalRole.SETTING)), rows).silent.any()


def test_a_signal_that_never_spoke_is_not_missed() -> None:
    rows = np.ones((2000, 2))
    rows[:, 1] = np.nan
    assert not held(asset(signal(1), signal(2)), rows).silent.any()


@given(st.integers(0, 2**32 - 1), st.lists(st.integers(0, 80), max_size=6))
@settings(max_examples=20)
def test_neither_cuts_nor_company_change_a_bit(seed: int, cuts: list[int]) -> None:
    chance = np.random.default_rng(seed)
    assets = [
        asset(signal(1, low=-1.0, high=1.0, most_rate_per_min=9.0), signal(2, high=0.5), silent_s=5.0)
        for _ in range(int(chance.integers(1, 6)))
    ]
    rows = chance.normal(size=(80, len(assets), 2))
    rows[chance.random(rows.shape) < 0.3] = np.nan
    times = np.cumsum(chance.integers(1, 4, (80, len(assets))), axis=0).astype(float)
    limits, start = Limits.of(assets), np.stack([rules.fresh([1, 2])] * len(assets))
    whole, end = rules.check(limits, start, rows, times)
    for place, lone in enumerate(assets):
        state, parts = start[:1], []
        for begin, stop in pairwise([0, *sorted(cuts), 80]):
            piece = slice(begin, stop), slice(place, place + 1)
            broken, state = rules.check(Limits.of([lone]), state, rows[piece], times[piece])
            parts.append(broken)
        assert state.tobytes() == end[place].tobytes()
        for name in ("level", "beyond", "rate_level", "too_fast", "silent"):
            mine = np.concatenate([getattr(part, name)[:, 0] for part in parts])
            assert mine.tobytes() == np.ascontiguousarray(getattr(whole, name)[:, place]).tobytes()


def test_a_state_is_carried_over_to_the_signals_of_now() -> None:
    guarded = asset(signal(7, high=1.0), signal(8, high=1.0))
    rows, clock = np.array([[[2.0, 0.0]]]), np.array([[5.0]])
    _, flat = rules.check(Limits.of([guarded]), rules.fresh([7, 8])[None, :], rows, clock)
    now = rules.carried(flat[0], [9, 8, 7])
    state = rules.RuleState.unpack(now[None, :], 3)
    assert state.signal[:, 0].tolist() == [9.0, 8.0, 7.0]
    assert state.beyond[:, 0].tolist() == [0.0, 0.0, 1.0]
    assert np.isnan(state.seen[0, 0])
    assert state.seen[1:, 0].tolist() == [5.0, 5.0]
    assert state.last.tolist() == [5.0]


def test_a_state_of_another_layout_is_refused() -> None:
    guarded = asset(signal(1), signal(2))
    with pytest.raises(ValueError, match="a state of 2 signals has 21 numbers, this one 20: its layout is another"):
        rules.check(Limits.of([guarded]), np.zeros((1, 20)), np.zeros((1, 1, 2)), np.zeros((1, 1)))
    with pytest.raises(ValueError, match="a state of 20 numbers is none of these rules: its layout is another"):
        rules.carried(np.zeros(20), [1, 2])


def test_the_fields_of_a_stored_state_keep_their_order() -> None:
    names = "signal beyond beyond_calm_s too_fast too_fast_calm_s quick slow seen longest_s silent last"
    assert [each.name for each in fields(rules.RuleState)] == names.split()
    assert [each.name for each in fields(rules.RuleState) if not each.metadata] == ["last"]
