"""The page of figures says how the plant does, in both languages and on a phone."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from plant.clock import SystemClock
from storage.core.database import Database
from tests.plant_rows import PlantRows

if TYPE_CHECKING:
    from tests.api.console.conftest import Tab

pytestmark = pytest.mark.needs("chromium")


@pytest.mark.usefixtures("sick_plant")
def test_figures_are_shown_by_site_class_and_asset(
    console: str, open_tab: Callable[..., Tab], app_database: Database, plant_rows: PlantRows
) -> None:
    now = SystemClock().now()
    with app_database.transaction() as tx:
        row = tx.connection.execute("SELECT asset_id FROM asset WHERE tag = 'P-102'").fetchone()
    assert row is not None
    plant_rows.connection.execute("UPDATE asset_state SET since = %s, noted_at = %s", [now - timedelta(days=90)] * 2)
    codes = {"outcome": "confirmed", "failure_mode": "OHE", "cause": "3.4", "action": "repair", "relearn": False}
    for days in (70, 40, 5):
        failed = now - timedelta(days=days)
        order_id = plant_rows.work_order(
            row["asset_id"], at=failed, state="CLOSE", failure_mode="OHE", completed_at=failed
        )
        restored = failed + timedelta(hours=12)
        times = {"failed_at": failed, "restored_at": restored, "closed_at": restored, "closed_by": "Mei"}
        plant_rows.add("work_order_closing", order_id=order_id, **codes, **times)
    for locale, width, by, says in (
        ("en-US", 1366, "site", "Planned share"),
        ("zh-CN", 390, "asset", "计划工作占比"),
    ):
        tab = open_tab(console, locale=locale, width=width)
        tab.open(f"/figures?by={by}")
        figures = tab.page.get_by_test_id("figures")
        expect(figures).to_contain_text(says)
        expect(figures).to_contain_text("EN 15341")
        expect(figures).to_contain_text("12.0 h" if locale == "en-US" else "12.0 小时")
        if by == "site":
            expect(tab.page.get_by_test_id("figures-course").locator("canvas, svg").first).to_be_visible()
        if folder := os.environ.get("PICTURES_OF_TESTS"):
            tab.page.screenshot(path=str(Path(folder) / f"figures-{width}.png"), full_page=True)
        assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
