"""What belongs to an order, on its page: why it is there, who does it, what is said, and two who edit at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from alerts.orders.editing import OrderChanges, edit_order
from plant.clock import SystemClock
from plant.people.principal import typed
from storage.core.database import Database
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
    expect(page.get_by_test_id("why")).to_contain_text("bad enough")
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
