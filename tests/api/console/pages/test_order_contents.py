"""What belongs to an order, on its page: why it is there, who does it, what is said, and two who edit at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from alerts.orders.editing import OrderChanges, edit_order
from plant.clock import SystemClock
from plant.people.principal import typed
from storage.core.database import Database
from tests.files import PNG, PROGRAM
from tests.patience import PATIENCE_S

if TYPE_CHECKING:
    from tests.api.console.conftest import Tab

pytestmark = pytest.mark.needs("chromium")


def beside(act: Callable[[], object]) -> None:
    """Do something in a thread of its own: the browser's loop runs in this one."""
    thread = threading.Thread(target=act)
    thread.start()
    thread.join()


@pytest.mark.usefixtures("sick_plant")
def test_an_order_is_commented_and_two_who_edit_at_once_see_both_versions(
    console: str, open_tab: Callable[..., Tab], app_database: Database
) -> None:
    tab = open_tab(console)
    page, patience = tab.page, 1000 * PATIENCE_S
    tab.open("/work-orders/WO-000001")
    expect(page.get_by_test_id("why")).to_contain_text("Bad enough")
    page.get_by_test_id("comment").fill("heard it too")
    page.get_by_test_id("comment_do").click()
    expect(page.get_by_test_id("comments")).to_contain_text("heard it too", timeout=patience)
    page.get_by_test_id("edit_order").click()
    title = page.get_by_test_id("edit-title")
    expect(title).to_have_value(
        "P-102 Cooling-water pump B: condition deviates; vibration_de_mm_s 58 %, "
        "bearing_temperature_c 27 %, motor_current_a 15 %",
        timeout=patience,
    )
    title.fill("Mine")
    theirs = OrderChanges(title="Theirs")
    beside(lambda: edit_order(app_database, "WO-000001", theirs, revision=None, actor=typed("Li"), clock=SystemClock()))
    page.get_by_test_id("edit_do").click()
    expect(page.get_by_test_id("conflict")).to_contain_text("Theirs", timeout=patience)
    expect(page.get_by_test_id("conflict")).to_contain_text("Mine")
    page.get_by_test_id("edit_do").click()
    page.locator(".sheet").wait_for(state="detached")
    found: list[str] = []
    beside(lambda: found.append(_title(app_database)))
    assert found == ["Mine"]


def _title(database: Database) -> str:
    from storage.work import orders

    with database.transaction() as tx:
        return orders.get_order(tx, "WO-000001").title


@pytest.mark.usefixtures("sick_plant")
def test_a_report_becomes_an_order_with_its_words_and_photos(
    console: str, open_tab: Callable[..., Tab], tmp_path: Path
) -> None:
    photo, program = tmp_path / "seal.png", tmp_path / "seal.jpg"
    photo.write_bytes(PNG)
    program.write_bytes(PROGRAM)
    tab = open_tab(console)
    page, patience = tab.page, 1000 * PATIENCE_S
    tab.open("/assets/demo/P-101")
    page.get_by_test_id("report").click()
    page.get_by_test_id("what").fill("It drips at the seal")
    page.get_by_test_id("words").fill("since this morning, two drops a second")
    page.get_by_test_id("failure-mode").click()
    page.get_by_role("option", name="External leakage, process medium").click()
    page.get_by_test_id("attach").locator("input").set_input_files([photo])
    page.get_by_test_id("report_do").click()
    page.wait_for_url("**/work-orders/WO-000002", timeout=patience)
    page.get_by_text("since this morning, two drops a second").wait_for()
    picture = page.get_by_test_id("files").locator("img")
    expect(picture).to_have_count(1, timeout=patience)
    page.wait_for_function("document.querySelector('.picture img').naturalWidth > 0")
    page.get_by_test_id("attach").locator("input").set_input_files([program])
    page.get_by_text("does not hold what its name says").wait_for()
    tab.faults[:] = [one for one in tab.faults if "400 (Bad Request)" not in one]  # the browser notes the refusal
    expect(picture).to_have_count(1)
