"""What was learnt is found in the console, in both languages, and stands beside an order that is like it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from alerts.knowledge.lessons import keep_lesson
from plant.clock import SystemClock
from plant.people.principal import process
from storage.core.database import Database
from storage.knowledge.lessons import LessonWords

if TYPE_CHECKING:
    from tests.api.console.conftest import Tab

pytestmark = pytest.mark.needs("chromium")
SAYS = LessonWords(
    failure_mode="VIB",
    seen="Drive end bearing of the cooling pump hot and rumbling",
    cause="grease dried out, 润滑周期过长",
    helped="regreased, interval set to 2000 h",
    signals=("vibration_de_mm_s",),
)
SYSTEM = process("a test")


def picture(tab: Tab, name: str) -> None:
    """Keep what the page looks like, where somebody wants to look."""
    if folder := os.environ.get("PICTURES_OF_TESTS"):
        tab.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.usefixtures("sick_plant")
def test_a_lesson_is_found_shows_why_and_stands_beside_an_order_like_it(
    console: str, open_tab: Callable[..., Tab], app_database: Database
) -> None:
    with app_database.transaction() as tx:
        row = tx.connection.execute(
            b"SELECT c.tag FROM work_order AS o JOIN asset AS a USING (asset_id) JOIN asset_class AS c USING (class_id)"
        ).fetchone()
    assert row is not None
    keep_lesson(app_database, "demo", row["tag"], SAYS, actor=SYSTEM, clock=SystemClock())
    for locale, width, asked, because in (
        ("en-US", 1366, "bearing overheated", "overheated = hot"),
        ("zh-CN", 390, "轴承发热", "发热 = hot"),
    ):
        tab = open_tab(console, locale=locale, width=width)
        page = tab.page
        tab.open("/search")
        page.get_by_test_id("search-field").fill(asked)
        page.get_by_test_id("search-do").click()
        page.wait_for_url("**/search?q=*")
        found = page.get_by_test_id("found").first
        expect(found).to_contain_text("rumbling")
        expect(found.locator(".why")).to_contain_text(because)
        expect(found.locator(".match").first).to_be_visible()
        picture(tab, f"search-{width}")
        found.click()
        expect(page.locator(".sheet")).to_contain_text("regreased")
        picture(tab, f"lesson-{width}")
        tab.open("/work-orders/WO-000001")
        expect(page.get_by_test_id("nearest")).to_contain_text("rumbling")
        picture(tab, f"nearest-{width}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        tab.open("/search?q=zzzqqq")
        expect(page.get_by_test_id("search-found")).not_to_contain_text("rumbling")
