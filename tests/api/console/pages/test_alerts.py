"""A person looks at the alerts, takes note of one with a word, puts it aside with a reason, and takes it up again."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from alerts.alarms.desk import Desk
from plant.clock import SystemClock
from storage.core.database import Database
from storage.work.alerts import list_alerts
from tests.plant_rows import PlantRows

pytestmark = pytest.mark.needs("chromium")


def test_an_alert_is_acknowledged_shelved_and_taken_up_again(
    console: str, open_tab: Callable[..., Any], app_database: Database, plant_rows: PlantRows
) -> None:
    now = SystemClock().now()
    asset_id = plant_rows.asset("P-7")
    signal_id = plant_rows.signal(asset_id, "vibration", name="Vibration", name_zh="振动", unit="mm/s", high=7.1)
    plant_rows.latest(signal_id, now, 7.9)
    shares = '[{"signal": "vibration", "share": 1.0, "unit": "mm/s"}]'
    plant_rows.finding(asset_id, at=now, onset=now - timedelta(minutes=1), kind="limit", source="limit", shares=shares)
    Desk(app_database, SystemClock()).round()
    tab = open_tab(console)
    tab.open("/alerts")
    page = tab.page
    page.get_by_text("Acknowledge", exact=True).first.click()
    page.get_by_text("Vibration 7.9 mm/s (≤ 7.1), 100 %").wait_for()
    page.get_by_label("Note").fill("on my way")
    page.get_by_test_id("acknowledge").click()
    page.locator(".entry:not(.head)").get_by_text("Ada Lovelace").wait_for()
    page.get_by_text("Shelve", exact=True).first.click()
    if folder := os.environ.get("ASSETLOOP_PICTURES"):
        page.screenshot(path=f"{folder}/alerts-shelve.png")
    page.get_by_label("Why").fill("part is on its way")
    page.get_by_test_id("shelve").click()
    page.locator(".entry").get_by_text("Shelved", exact=True).wait_for()
    if folder := os.environ.get("ASSETLOOP_PICTURES"):
        page.screenshot(path=f"{folder}/alerts-1280.png")
    page.get_by_text("Take up again", exact=True).first.click()
    page.get_by_test_id("unshelve").click()
    page.get_by_text("Shelve", exact=True).wait_for()
    with app_database.transaction() as tx:
        (alert,) = list_alerts(tx)
    assert (alert.comment, alert.flags.shelved_until) == ("on my way", None)
