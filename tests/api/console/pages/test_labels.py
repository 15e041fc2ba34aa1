"""A label with a QR code leads to its machine's page on a phone, where a fault is reported and steps are ticked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from psycopg.types.json import Jsonb

from plant.clock import SystemClock
from tests.plant_rows import PlantRows

pytestmark = pytest.mark.needs("chromium")


def test_a_label_leads_to_its_machine_where_a_step_is_ticked(
    console: str, open_tab: Callable[..., Any], plant_rows: PlantRows
) -> None:
    for tag, area in (("P-7", "north"), ("P-8", "south")):
        asset_id = plant_rows.asset(tag, area=area)
    now = SystemClock().now()
    order_id = plant_rows.work_order(asset_id, at=now, state="INPRG")
    raised = {"revision": 1, "at": now, "actor": "desk", "event": "raised", "document": Jsonb({"link": None})}
    plant_rows.add("work_order_event", order_id=order_id, **raised)
    number = f"WO-{order_id:06d}"
    page = open_tab(console, width=390).page
    page.goto(f"{console}/labels?area=south")
    label = page.get_by_test_id("label-P-8")
    label.locator("svg path").first.wait_for()
    expect(page.get_by_test_id("label-P-7")).to_have_count(0)
    label.get_by_role("link").click()
    page.wait_for_url("**/at/demo/P-8")
    order = page.get_by_test_id(f"at-{number}")
    order.get_by_test_id("add_task").click()
    page.get_by_test_id("task-text").fill("Close the valve")
    page.locator(".sheet").get_by_test_id("add_task").click()
    order.get_by_text("Close the valve").wait_for()
    expect(page.get_by_test_id("report")).to_be_visible()
