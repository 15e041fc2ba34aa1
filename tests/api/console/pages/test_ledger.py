"""The page *Ledger*: entries with who made them, and whether they verify."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from lifecycle import ledger
from lifecycle.ledger_events import ServiceStateChanged
from plant.clock import SystemClock
from storage.core.database import Database
from tests.api.console.conftest import Tab

pytestmark = pytest.mark.needs("chromium")
OpenTab = Callable[..., Tab]
Superuser = psycopg.Connection[tuple[object, ...]]


@pytest.mark.usefixtures("plant")
def test_entries_are_shown_and_a_change_is_found(
    console: str, open_tab: OpenTab, app_database: Database, superuser: Superuser
) -> None:
    for _ in range(60):
        with app_database.transaction() as tx:
            event = ServiceStateChanged(actor="Old Wang", asset="P-101", in_service=True)
            ledger.append(tx, "demo", event, SystemClock().now())
    tab = open_tab(console)
    tab.open("/ledger")
    tab.page.get_by_test_id("entries-demo").get_by_text("Old Wang (typed, not proved)").first.wait_for()
    tab.page.get_by_test_id("verify-demo").click()
    tab.page.get_by_test_id("verdict-demo").get_by_text("60 entries verify").wait_for()
    tab.page.get_by_test_id("older-demo-11").click()
    tab.page.get_by_test_id("entries-demo").get_by_text("1  Asset returned to service", exact=True).wait_for()
    superuser.execute("UPDATE ledger SET at = at + interval '1 second' WHERE project = 'demo' AND seq = 7")
    tab = open_tab(console, locale="zh-CN", width=390)
    tab.open("/ledger")
    tab.page.get_by_test_id("verify-demo").click()
    tab.page.get_by_test_id("verdict-demo").get_by_text("第 7 条被修改").wait_for()
    tab.page.get_by_test_id("entries-demo").get_by_text("60  设备恢复运行", exact=True).wait_for()
