"""An asset's page, with charts whose range stands in the address; and the way there from now and search."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from plant.clock import SystemClock
from tests.plant_rows import PlantRows

pytestmark = pytest.mark.needs("chromium")


def test_what_is_wrong_is_seen_now_by_area_found_by_search_and_looked_at_closely(
    console: str, open_tab: Callable[..., Any], plant_rows: PlantRows
) -> None:
    now = SystemClock().now()
    asset_id, calm = plant_rows.asset("P-7", area="north", name="Feed pump"), plant_rows.asset("P-8", area="south")
    plant_rows.connection.execute("SELECT ensure_partition(%s, %s)", [now - timedelta(hours=1), now])
    for one in (asset_id, calm):
        signal_id = plant_rows.signal(one, "vibration", name="Vibration", unit="mm/s", high=7.1, key_value=True)
        plant_rows.latest(signal_id, now, 7.9)
        for minute in range(5, 55, 10):
            plant_rows.reading(signal_id, now - timedelta(minutes=minute), 6 + minute / 100)
    plant_rows.alert(asset_id, at=now - timedelta(minutes=20), kind="limit")
    number = f"WO-{plant_rows.work_order(asset_id, at=now - timedelta(hours=2), team=None):06d}"
    page = open_tab(console, locale="zh-CN").page
    page.goto(f"{console}/")
    page.get_by_test_id("area-north").get_by_test_id("trouble-P-7").get_by_text(number).wait_for()
    page.get_by_test_id("calm").get_by_text("south").wait_for()
    page.locator("#content").press("/")
    page.get_by_test_id("search-everywhere").fill("feed")
    page.keyboard.press("Enter")
    page.get_by_test_id("found-thing").filter(has_text="Feed pump").first.click()
    page.get_by_test_id("trend-chart").locator("svg").wait_for()
    page.get_by_test_id("range-8h").click()
    page.wait_for_url("**/assets/demo/P-7?range=8h")
    page.get_by_test_id("zoom_in").click()
    page.wait_for_url("**/assets/demo/P-7?from=*&range=8h&to=*")
    page.get_by_test_id("trend-compare").click()
    page.get_by_role("option", name="P-8").click()
    page.wait_for_url("**/assets/demo/P-7?compare=demo%2FP-8&from=*")
    page.get_by_test_id("past-alert").get_by_text("超出设计限值").wait_for()
    page.get_by_test_id("past-order").get_by_text(number).wait_for()
    page.get_by_test_id("trust").wait_for()
    leads_to = page.get_by_test_id("grafana").get_attribute("href") or ""
    assert leads_to.startswith("https://grafana.example/d/assetloop-asset-zh?var-asset=")
