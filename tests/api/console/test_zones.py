"""Times are those of the site that they are about, whoever reads them from where."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from plant.clock import SystemClock
from storage.core.database import Database
from tests.plant_rows import PlantRows

pytestmark = pytest.mark.needs("chromium")
AT = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # in Berlin the clocks have just gone from 2:00 to 3:00


def ordered(rows: PlantRows, superuser: psycopg.Connection[Any], site: str, zone: str) -> str:
    order_id = rows.work_order(rows.asset(f"P-{site}", site=site), failure_mode="VIB", requested_finish=AT)
    superuser.execute("UPDATE site SET timezone = %s WHERE tag = %s", [zone, site])
    return f"WO-{order_id:06d}"


def test_a_reader_in_europe_sees_a_site_in_china_in_its_own_time_and_types_it_so(
    console: str,
    open_tab: Callable[..., Any],
    plant_rows: PlantRows,
    superuser: psycopg.Connection[Any],
    app_database: Database,
) -> None:
    number = ordered(plant_rows, superuser, "suzhou", "Asia/Shanghai")
    tab = open_tab(console, zone="Europe/Berlin")
    page = tab.page
    tab.open("/work-orders?state=all")
    due = page.get_by_test_id(f"order-{number}").locator("local-time").first
    due.get_by_text("2026-03-29 09:30", exact=True).wait_for()
    page.locator(".offset local-time").get_by_text("UTC+08:00", exact=True).wait_for()
    said = due.get_attribute("title") or ""
    assert said.startswith("2026-03-29 09:30:00 UTC+08:00 · 2026-03-29 03:30:00 UTC+02:00 · 2026-03-29T01:30")
    assert page.evaluate("instant('2026-03-29T09:30', 'Asia/Shanghai').toISOString()") == "2026-03-29T01:30:00.000Z"
    assert page.evaluate("instant('2026-03-29T03:30', 'Europe/Berlin').toISOString()") == "2026-03-29T01:30:00.000Z"
    assert page.evaluate("instant('2026-03-29T02:30', 'Europe/Berlin').toISOString()") == "2026-03-29T01:30:00.000Z"
    assert page.evaluate("zoneText(Date.UTC(2026, 2, 28, 16))") == "2026-03-29 00:00:00"
    # A chart's marks stand at the reader's midnight, and are named by the site's day or month that begins about then.
    assert page.evaluate("zoneDay(Date.UTC(2026, 2, 28, 23))") == "03-29"
    assert page.evaluate("zoneMonth(Date.UTC(2026, 1, 28, 23))") == "2026-03"

    # A second site elsewhere: there is no common time any more, and each says which it is.
    other = ordered(plant_rows, superuser, "munich", "Europe/Berlin")
    assert SystemClock().now() > AT
    tab.open("/work-orders?state=all")
    due.get_by_text("2026-03-29 09:30 UTC+08:00", exact=True).wait_for()
    here = page.get_by_test_id(f"order-{other}").locator("local-time").first
    here.get_by_text("2026-03-29 03:30", exact=True).wait_for()
    tab.open(f"/work-orders/{number}")
    page.locator(".offset local-time").get_by_text("UTC+08:00", exact=True).wait_for()
    assert app_database is not None
