"""The models in the console: looked at, promoted, rolled back; proposals with their evidence, decided by a person."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from models.training.train import train
from plant.model import RetrainingReason
from storage.models import catalogue, proposals
from tests.api.console.conftest import Tab
from tests.models.conftest import START, Rows, healthy_rows, rows

__all__ = ["rows"]
pytestmark = pytest.mark.needs("chromium")
OpenTab = Callable[..., Tab]
EVIDENCE = {
    "clean_s": 7200.0,
    "needed_s": 3600.0,
    "old_model_alarm_part": 0.41,
    "signals": [
        {"signal": "vibration", "unit": "mm/s", "psi": 1.8, "distance": 0.6, "before": 2.0, "now": 3.0, "drifts": True}
    ],
}


@pytest.fixture
def plant(rows: Rows) -> Rows:
    """A plant with one asset whose model is challenged, and a proposal; the console's clock is on the wall."""
    asset_id = rows.trained_asset()
    train(rows.database, clock=rows.clock, trained_by="Ada", asset_ids=[asset_id])
    with rows.database.transaction() as tx:
        proposals.put(
            tx, installation_id=1, asset_id=1, reason=RetrainingReason.RELEARNING, evidence=EVIDENCE, at=START
        )
    return rows


def in_charge(plant: Rows) -> int:
    """Return the version in charge; read in a thread of its own, since the browser's loop runs in this one."""
    found: list[int] = []

    def look() -> None:
        with plant.database.transaction() as tx:
            found.extend(one.version for one in catalogue.list_models(tx) if one.state == "champion")

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    return found[0]


def confirm(tab: Tab, action: str) -> None:
    tab.page.locator(".sheet").get_by_test_id(action).click()


def test_a_challenger_is_put_in_charge_and_rolled_back(console: str, open_tab: OpenTab, plant: Rows) -> None:
    tab = open_tab(console)
    tab.open("/models?text=no-such-tag")
    tab.page.get_by_text("No model is as asked for.").wait_for()
    tab.page.get_by_test_id("filter-text").fill("p-1")
    tab.page.get_by_test_id("model-P-1").click()
    tab.page.get_by_test_id("promote-2").click()
    confirm(tab, "promote")
    tab.page.get_by_test_id("roll_back-2").click()
    assert in_charge(plant) == 2
    confirm(tab, "roll_back")
    tab.page.get_by_test_id("promote-2").wait_for()
    assert in_charge(plant) == 1
    tab.page.get_by_test_id("happened").get_by_text("v2 Rolled back").wait_for()


def test_a_proposal_is_looked_at_and_accepted(console: str, open_tab: OpenTab, plant: Rows) -> None:
    tab = open_tab(console)
    tab.open("/models")
    tab.page.get_by_test_id("decide-1").click()
    evidence = tab.page.get_by_test_id("evidence")
    evidence.get_by_text("2 h of clean data, 60 min needed").wait_for()
    expect(evidence.get_by_text("The old model would have been in alarm 41 % of the time")).to_be_visible()
    expect(evidence.get_by_text("2.00 → 3.00 mm/s")).to_be_visible()
    confirm(tab, "accept")
    tab.page.get_by_text("Nothing is proposed.").wait_for()
    tab.open("/models/demo/P-1")
    tab.page.get_by_test_id("proposals").get_by_text("Accepted: Ada Lovelace · training waits").wait_for()
    assert plant.all("SELECT asked_by, state FROM training") == [("Ada Lovelace", "queued")]


def test_a_proposal_is_dismissed_on_a_phone_in_chinese(console: str, open_tab: OpenTab, plant: Rows) -> None:
    tab = open_tab(console, locale="zh-CN", width=390)
    tab.open("/models/demo/P-1")
    tab.page.get_by_test_id("decide-1").click()
    confirm(tab, "dismiss")
    tab.page.get_by_text("已驳回: Ada Lovelace").wait_for()
    assert plant.all("SELECT state FROM proposal") == [("dismissed",)]


def test_figures_without_a_case_are_dashes(console: str, open_tab: OpenTab, plant: Rows) -> None:
    assert plant
    tab = open_tab(console)
    tab.open("/models")
    row = tab.page.get_by_test_id("class-pump")
    row.wait_for()
    expect(row).to_contain_text("0 confirmed, 0 false, 0 missed, 0 no fault found")
    assert "%" not in row.inner_text()


def test_a_person_says_on_a_phone_in_chinese_that_a_machine_is_still_faulty(
    console: str, open_tab: OpenTab, rows: Rows
) -> None:
    asset_id = rows.asset()
    rows.plant.finding(asset_id, at=START, cleared=START, elsewhere=True)
    tab = open_tab(console, locale="zh-CN", width=390)
    tab.open("/assets/demo/P-1")
    state = tab.page.get_by_test_id("machine-state")
    state.get_by_text("按新的正常状态处理").wait_for()
    state.get_by_test_id("says-faulty").click()
    confirm(tab, "says_faulty")
    state.get_by_text("仍有故障：Ada Lovelace").wait_for()
    assert rows.all("SELECT says, since, said_by FROM state_label") == [("faulty", START, "Ada Lovelace")]
    english = open_tab(console)
    english.open("/assets/demo/P-1")
    english.page.get_by_text("Assumed to be the new normal").wait_for()


def test_what_a_training_found_is_shown_at_its_version_and_at_the_asset(
    console: str, open_tab: OpenTab, rows: Rows
) -> None:
    asset_id = rows.asset()
    data = healthy_rows(800)
    data[200:264, :2] += 40.0 * data[:, :2].std(axis=0)
    data[:, 2] = 7.0
    rows.write(asset_id, data)
    rows.declare(asset_id, 0, 799)
    rows.train()
    tab = open_tab(console)
    tab.open("/models/demo/P-1")
    assert "left out" in tab.page.get_by_test_id("apart").inner_text()
    assert "an upset" in tab.page.get_by_test_id("apart").inner_text()
    tab.page.get_by_text("never moved, so watched for moving alone: pressure").wait_for()
    chinese = open_tab(console, locale="zh-CN", width=390)
    chinese.open("/assets/demo/P-1")
    chinese.page.get_by_test_id("signal-pressure").get_by_text("训练中从未变化，一旦变化即报").wait_for()
    expect(chinese.page.get_by_text("训练中从未变化，一旦变化即报")).to_have_count(1)
