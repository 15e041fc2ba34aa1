"""Who may mend the register does so on the asset's page, after saying that it is meant; and takes it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.patience import PATIENCE_S

if TYPE_CHECKING:
    from tests.api.console.conftest import Tab

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.usefixtures("plant")]


def test_a_signal_and_an_asset_go_out_of_view_and_come_back(console: str, open_tab: Callable[..., Tab]) -> None:
    tab = open_tab(console)
    tab.open("/assets/demo/P-101")
    signals = tab.page.get_by_test_id("signals").locator(".entry:not(.head)")
    signals.first.wait_for()
    before = signals.count()
    tab.page.get_by_test_id("register-ask").click()
    tab.page.get_by_test_id("retire_signals-ask").click()
    sheet = tab.page.locator(".q-dialog")
    sheet.get_by_test_id("chosen").click()
    tab.page.locator(".q-menu .q-item").first.click()
    tab.page.keyboard.press("Escape")
    sheet.get_by_test_id("retire_signals").click()
    tab.page.get_by_text("Say that you mean it").wait_for()
    sheet.get_by_test_id("meant").click()
    sheet.get_by_test_id("retire_signals").click()
    expect(signals).to_have_count(before - 1, timeout=1000 * PATIENCE_S)
    tab.page.get_by_test_id("register-ask").click()
    tab.page.get_by_test_id("retire_asset-ask").click()
    sheet.get_by_test_id("meant").click()
    sheet.get_by_test_id("retire_asset").click()
    tab.page.wait_for_url("**/")
    tab.open("/quarantine")
    rows = tab.page.get_by_test_id("retired").locator(".entry")
    expect(rows).to_have_count(1, timeout=1000 * PATIENCE_S)
    rows.get_by_test_id("restore-ask").click()
    sheet.get_by_test_id("restore").click()
    expect(rows.filter(has_text="·")).to_have_count(1, timeout=1000 * PATIENCE_S)
