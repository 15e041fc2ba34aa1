"""A person looks at the alerts, takes note of one with a word, puts it aside with a reason, and takes it up again."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from alerts.alarms.desk import Desk
from plant.clock import SystemClock
from storage.core.database import Database
from storage.work.alerts import list_alerts
from tests.plant_rows import PlantRows

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.needs("chromium")


def test_an_alert_is_acknowledged_shelved_and_taken_up_again(
    console: str, open_tab: Callable[..., Any], app_database: Database, plant_rows: PlantRows
) -> None:
    now = SystemClock().now()
    asset_id = plant_rows.asset("P-7")
    signal_id = plant_rows.signal(asset_id, "vibration", name="Vibration", name_zh="振动", unit="mm/s", high=7.1)
    plant_rows.latest(signal_id, now, 7.9)
    shares = '[{"signal": "vibration", "share": 1.0, "unit": "mm/s"}]'
    plant_rows.finding(asset_id, at=now, onset=now - timedelta(minutes=1), kind="limit", source="limit", shares=shares)
    (class_id,) = plant_rows.connection.execute("SELECT class_id FROM asset_class").fetchone() or (0,)
    plant_rows.add("rationalisation", class_id=class_id, kind="limit", action="Grease it", shelve_most_hours=2)
    Desk(app_database, SystemClock()).round()
    tab = open_tab(console)
    tab.open("/alerts")
    page = tab.page
    page.get_by_test_id("acknowledge-ask").click()
    page.get_by_test_id("why-signals").filter(has_text="Vibration").filter(has_text="≤ 7.1").wait_for()
    page.get_by_test_id("what-to-do").get_by_text("Grease it").wait_for()
    page.get_by_label("Note").fill("on my way")
    page.get_by_test_id("acknowledge").click()
    page.locator(".entry:not(.head)").get_by_text("Ada Lovelace").wait_for()
    page.get_by_test_id("shelve-ask").click()
    if folder := os.environ.get("ASSETLOOP_PICTURES"):
        page.screenshot(path=f"{folder}/alerts-shelve.png")
    page.get_by_label("Why").fill("part is on its way")
    page.get_by_test_id("shelve").click()
    page.locator(".entry").get_by_text("Shelved", exact=True).wait_for()
    if folder := os.environ.get("ASSETLOOP_PICTURES"):
        page.screenshot(path=f"{folder}/alerts-1280.png")
    page.get_by_test_id("unshelve-ask").click()
    page.get_by_test_id("unshelve").click()
    page.get_by_test_id("shelve-ask").wait_for()
    with app_database.transaction() as tx:
        (alert,) = list_alerts(tx)
    assert (alert.comment, alert.flags.shelved_until) == ("on my way", None)
    _several_at_once(page, plant_rows, app_database)


def _several_at_once(page: Page, plant_rows: PlantRows, database: Database) -> None:
    """Narrow the list by the address and a field, open an incident, and take note of all of it with one comment."""
    now = SystemClock().now()
    first, *others = (plant_rows.asset(f"F-{one}", area="north") for one in range(4))
    for asset_id in others:
        plant_rows.add("feed", from_asset_id=first, to_asset_id=asset_id)
    for asset_id in (first, *others):
        plant_rows.finding(asset_id, at=now, onset=now - timedelta(minutes=1), kind="limit", source="limit")
    Desk(database, SystemClock()).round()
    page.goto(page.url + "?area=north&sort=asset")
    page.get_by_text("+3 in this incident").click()
    page.locator(".members .entry").nth(2).wait_for()
    expect(page.locator(".group")).to_have_count(1)
    _tick_what_is_just_drawn_anew(page, plant_rows, database)
    page.get_by_test_id("bulk").get_by_text("4 selected").wait_for()
    page.locator(".group > .entry").first.get_by_role("checkbox", checked=True).wait_for()
    page.get_by_test_id("bulk-acknowledge").click()
    page.get_by_label("Note").fill("line stopped")
    page.get_by_test_id("acknowledge").click()
    page.get_by_text("Done to 4.").wait_for()
    page.get_by_test_id("filter-text").fill("F-2")
    page.wait_for_url("**/alerts?area=north&sort=asset&text=F-2")
    with database.transaction() as tx:
        noted = [one.asset for one in list_alerts(tx) if one.comment == "line stopped"]
    assert sorted(noted) == ["F-0", "F-1", "F-2", "F-3"]


def _tick_what_is_just_drawn_anew(page: Page, plant_rows: PlantRows, database: Database) -> None:
    """Tick the incident's checkbox, the tick being on its way while another alert has the list drawn anew."""
    page.evaluate(_TICK_THE_FIRST_ONCE_IT_IS_GONE)
    now = SystemClock().now()
    another, longer_than_the_delay = plant_rows.asset("Z-1", area="north"), now - timedelta(minutes=1)
    plant_rows.finding(another, at=now, onset=longer_than_the_delay, kind="limit", source="limit")
    Desk(database, SystemClock()).round()


_TICK_THE_FIRST_ONCE_IT_IS_GONE = """
() => {
  const isTick = ([, one]) => one.props["data-testid"]?.startsWith("choose-");
  const [id, one] = Object.entries(mounted_app.elements).find(isTick);
  const listener = one.events.find((heard) => heard.type.startsWith("update")).listener_id;
  const tick = { id: Number(id), listener_id: listener, client_id: window.clientId, args: ["true"] };
  const looking = setInterval(() => {
    if (!(id in mounted_app.elements)) {
      clearInterval(looking);
      window.socket.emit("event", tick);
    }
  }, 10);
}
"""
