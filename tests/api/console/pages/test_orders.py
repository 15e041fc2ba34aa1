"""The lists of orders and of maintenance plans: what is asked for stands in the address."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from plant.clock import SystemClock
from tests.plant_rows import PlantRows

pytestmark = pytest.mark.needs("chromium")


def test_orders_are_found_among_all_of_them_as_a_list_a_board_and_a_month_with_plans(
    console: str, open_tab: Callable[..., Any], plant_rows: PlantRows
) -> None:
    now = SystemClock().now()
    asset_id = plant_rows.asset("P-7")
    oldest = plant_rows.work_order(asset_id, at=now - timedelta(days=9), title="Grease the bearings", failure_mode="")
    for _ in range(210):
        plant_rows.work_order(asset_id, at=now, title="Done long ago", state="CLOSE", failure_mode="")
    page = open_tab(console).page
    page.goto(f"{console}/work-orders?text=grease&overdue=1")
    row = page.get_by_test_id(f"order-WO-{oldest:06d}")
    row.get_by_text("Overdue").wait_for()
    page.get_by_test_id("export").click()
    with page.expect_download() as taken:
        page.get_by_test_id("export-csv").click()
    exported = Path(taken.value.path()).read_bytes()
    assert exported.startswith("\ufeffOrder,Site,Asset".encode())
    assert exported.count(b"\r\n") == 2, "the head, and the one order that is shown"
    page.get_by_test_id("filter-overdue").click()
    page.get_by_test_id("filter-text").fill("no such thing")
    page.get_by_text("No work order is as asked for.").wait_for()
    page.wait_for_url(re.compile(r"/work-orders\?text=no\+such\+thing$"))
    page.get_by_test_id("filter-text").fill("")
    page.get_by_test_id("view-board").click()
    page.get_by_test_id("column-WAPPR").get_by_test_id(f"card-WO-{oldest:06d}").wait_for()
    due = datetime.now(UTC).date() + timedelta(days=1)
    _make_a_plan(page, begins=due)
    page.goto(f"{console}/work-orders?view=month&day={due.isoformat()}")
    page.get_by_test_id(f"day-{due.isoformat()}").get_by_text("Oil change").wait_for()


def _make_a_plan(page: Any, *, begins: date) -> None:
    """Make a plan that is due every day from one on; one that repeats every 0 is refused."""
    page.get_by_test_id("plans").click()
    page.get_by_test_id("plan_new").click()
    said = {"asset": "P-7", "tag": "oil", "name": "Oil change", "rule": "FREQ=DAILY;INTERVAL=0"}
    for key, value in {**said, "begins": f"{begins.isoformat()}T08:00"}.items():
        page.get_by_test_id(f"plan-{key}").fill(value)
    page.get_by_test_id("plan_save").click()
    page.get_by_text("a plan repeats every 1 to 9999").wait_for()
    page.get_by_test_id("plan-rule").fill("FREQ=DAILY")
    page.get_by_test_id("plan_save").click()
    page.get_by_test_id("plan-P-7-oil").get_by_text("Active").wait_for()
