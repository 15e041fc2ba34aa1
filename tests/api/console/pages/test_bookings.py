"""What was booked wrongly is taken back on the order's page."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from alerts.orders.bookings import book
from plant.clock import SystemClock
from plant.people.principal import typed
from plant.work_order import Booking
from storage.core.database import Database
from tests.patience import PATIENCE_S

if TYPE_CHECKING:
    from tests.api.console.conftest import Tab


@pytest.mark.usefixtures("sick_plant")
def test_a_booking_is_reversed_and_both_are_shown(
    console: str, open_tab: Callable[..., Tab], app_database: Database
) -> None:
    clock = SystemClock()
    wrong = Booking(booked_at=clock.now(), booked_by="Ada", hours=80.0)
    book(app_database, "WO-000001", wrong, actor=typed("Ada"), clock=clock)
    tab = open_tab(console)
    tab.open("/work-orders/WO-000001")
    tab.page.get_by_test_id("reverse_booking").click()
    tab.page.locator(".q-dialog").get_by_role("button", name="Reverse").click()
    tab.page.get_by_text("Reversed", exact=True).wait_for()
    tab.page.get_by_text(re.compile(r"[-\u2212]80")).wait_for()
    expect(tab.page.get_by_test_id("reverse_booking")).to_have_count(0, timeout=1000 * PATIENCE_S)
