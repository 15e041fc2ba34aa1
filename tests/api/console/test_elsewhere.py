"""What the console answers where no page is, and to pages of others."""

from __future__ import annotations

import httpx
import pytest

from plant.clock import SystemClock
from storage.core.database import Database
from tests import people
from tests.patience import PATIENCE_S

PAGE = {"Accept": "text/html"}


@pytest.mark.usefixtures("plant")
def test_unknown_pages_orders_and_assets_are_404_and_no_other_origin_reads_anything(
    app_database: Database, console: str
) -> None:
    cookies = people.cookie_of(app_database, SystemClock(), people.enter(app_database, SystemClock()))
    with httpx.Client(base_url=console, cookies=cookies, timeout=PATIENCE_S, headers=PAGE) as browser:
        for path in ("/nothing", "/work-orders/WO-000009", "/assets/demo/X-1", "/models/demo/X-1", "/assets/demo"):
            page = browser.get(path)
            assert (page.status_code, page.headers["content-type"][:9]) == (404, "text/html"), path
        assert browser.get("/assets/demo/P-101").status_code == 200
        assert browser.head("/alerts").status_code == 200
        assert browser.options("/alerts").headers["allow"] == "GET, HEAD, OPTIONS"
        asked = browser.get(
            "/_nicegui_ws/socket.io/?EIO=4&transport=polling", headers={"Origin": "https://evil.example"}
        )
        assert [name for name in asked.headers if name.startswith("access-control")] == []
