"""Some days of the simulated year of alarms, through the real desk: every fault is told, and its cause comes first."""

from __future__ import annotations

import numpy as np
import pytest

from service.evaluation.alarms.figures import Calls, figures_of
from service.evaluation.alarms.living import LivedYear
from service.evaluation.alarms.made_up_year import SUBSTATION, MadeUpYear, made_up_plant, make_up, upset
from storage.bench import alarm_year
from storage.core.database import Database

ASSETS = 50


def nothing(_done: int, _total: int) -> None:
    """Show no progress."""


def test_a_year_has_faults_chatter_andupsets_and_no_two_episodes_of_one_thing_at_once() -> None:
    year = make_up(np.random.default_rng(3), assets=200, days=365)
    assert 150 < len(year.faults) < 260
    assert any(one.is_upset for one in year.faults)
    assert {"condition", "limit", "rate"} == {one.kind for one in year.episodes}
    ends: dict[tuple[str, str], float] = {}
    for one in year.episodes:
        assert ends.get((one.asset, one.kind), -1.0) < one.onset_s < one.cleared_s
        ends[(one.asset, one.kind)] = one.cleared_s
    again = make_up(np.random.default_rng(3), assets=200, days=365)
    assert again.episodes == year.episodes


def test_what_feeds_what_is_a_tree_below_the_substation() -> None:
    plant = made_up_plant(ASSETS)
    fed = [to for one in plant.assets for to in one.feeds]
    assert len(fed) == len(set(fed)) == len(plant.assets) - 1
    assert SUBSTATION not in fed


def test_the_desk_tells_of_every_fault_and_shows_its_cause_first(app_database: Database) -> None:
    chance = np.random.default_rng(0)
    year = make_up(chance, assets=ASSETS, days=6)
    upset(year, chance, ASSETS, 40_000.0)
    year.episodes.sort(key=lambda one: one.onset_s)
    lived = LivedYear(app_database, year, chance, assets=ASSETS)
    lived.live(nothing)
    with app_database.transaction() as tx:
        fates = alarm_year.fates(tx)
    figures = figures_of(year, lived.told, fates, seed=0, assets=ASSETS, days=6)
    assert figures.faults_told == figures.faults >= 1
    assert figures.root_first.of >= 1
    assert figures.root_first.right == figures.root_first.of
    assert figures.root_first_of_upsets.right == figures.root_first_of_upsets.of >= 1
    assert figures.notices.times < figures.alerts.times / 2
    assert figures.notices.at_most_one > 0.99
    assert "root first" in figures.lines()


def test_windows_count_how_often_an_area_was_told() -> None:
    told = [("north", 10.0), ("north", 599.0), ("north", 601.0), ("south", 10.0)]
    calls = Calls.of(told, areas=2, days=1)
    assert calls == Calls(times=4, at_most_one=1 - 1 / 288, of_busy=1 - 1 / 3, busiest=2)
    assert Calls.of([], areas=2, days=1).of_busy == pytest.approx(1.0)


def test_nothing_that_happens_is_no_fault_and_no_call(app_database: Database) -> None:
    lived = LivedYear(app_database, MadeUpYear(), np.random.default_rng(0), assets=ASSETS)
    lived.live(nothing)
    assert (lived.told.alerts, lived.told.notices) == ([], [])
