"""The console in a process of its own, and a real browser that notes every request, error and warning."""

from __future__ import annotations

import functools
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.types.json import Jsonb

from plant.clock import SystemClock
from storage.core.database import Database, Role
from storage.register import assets
from tests import people
from tests.api import plant_rows as shipped_plant
from tests.api import serve_console
from tests.chromium import Chromium
from tests.conftest import free_port
from tests.copies import Copy
from tests.grafana import demo_life
from tests.patience import PATIENCE_S, wait_for
from tests.plant_rows import PlantRows

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Page

Superuser = psycopg.Connection[tuple[object, ...]]


@dataclass
class Tab:
    """An open page, and whatever went wrong or left the host."""

    page: Page
    base: str
    faults: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def hear(self, said: ConsoleMessage) -> None:
        """Take down what the page's console says was wrong, and of what."""
        if said.type in {"error", "warning"}:
            self.faults.append(f"{said.text} {said.location['url'].removeprefix(self.base)}")

    def open(self, path: str) -> None:
        self.page.goto(self.base + path)
        self.page.locator("#content").wait_for()

    def elsewhere(self) -> list[str]:
        """Return the requests that went to another host."""
        own = (self.base + "/", self.base.replace("http", "ws", 1) + "/", "data:")
        return [url for url in self.requests if not url.startswith(own)]


@pytest.fixture
def open_tab(chromium: Chromium, database_url: str) -> Iterator[Callable[..., Tab]]:
    """Open tabs in which Ada is signed in, who has every role; at the end each stayed here and said nothing wrong."""
    tabs: list[Tab] = []

    def opened(
        base: str,
        *,
        locale: str = "en-US",
        width: int = 1280,
        zone: str = "Asia/Shanghai",
        person: str | None = "ada",
        name: str = "Ada Lovelace",
    ) -> Tab:
        page = chromium.open_page(locale=locale, zone=zone, width=width)
        if person is not None:
            with Database(database_url, role=Role.APP) as database:
                who = people.enter(database, SystemClock(), person, name=name)
                cookies = people.cookie_of(database, SystemClock(), who)
            page.context.add_cookies([{"name": key, "value": value, "url": base} for key, value in cookies.items()])
        tab = Tab(page=page, base=base)
        tab.page.on("request", lambda request: tab.requests.append(request.url))
        tab.page.on("websocket", lambda socket: tab.requests.append(socket.url))
        tab.page.on("pageerror", lambda error: tab.faults.append(str(error)))
        tab.page.on("console", tab.hear)
        tabs.append(tab)
        return tab

    yield opened
    seen = [(tab.elsewhere(), tab.faults[:]) for tab in tabs]
    for tab in tabs:
        chromium.take_back(tab.page)
    assert seen == [([], [])] * len(tabs)


@contextmanager
def served(url: str) -> Iterator[str]:
    """Serve the console on a database; yields its address."""
    port = free_port() if listens(_usual_port()) else _usual_port()
    with TemporaryDirectory() as folder:
        process = start_console(url, port, Path(folder))
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            assert process.wait(PATIENCE_S) == 0, process.said()


def start_console(url: str, port: int, folder: Path) -> Copy:
    """Start a process that serves the console at a port, and wait until it does; what it says is below a folder."""
    process = Copy(serve_console.__name__, url, str(port), streams=folder)
    _wait_until_it_listens(port, process)
    return process


@functools.cache
def _usual_port() -> int:
    """A console stands at the same port each time: the browser has its scripts already."""
    return free_port()


def listens(port: int) -> bool:
    """Say whether anybody answers at a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait_until_it_listens(port: int, process: Copy) -> None:
    def came_up() -> bool:
        assert not process.has_ended(), "the console did not come up"
        return listens(port)

    wait_for(came_up, what="console")


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def plant(app_database: Database, superuser: Superuser, now: datetime) -> None:
    """The shipped plant, all healthy, up to this moment."""
    shipped_plant.fill(app_database, superuser, now)


@pytest.fixture
def sick_plant(app_database: Database, superuser: Superuser, now: datetime, plant: None) -> None:  # noqa: ARG001 - filled first
    """The shipped plant with one sick pump, an alert and a work order."""
    shipped_plant.sicken(app_database, superuser, now)


@pytest.fixture
def lived_plant(
    app_database: Database,
    superuser: Superuser,
    plant_rows: PlantRows,
    now: datetime,
    plant: None,  # noqa: ARG001 - filled first
) -> None:
    """The shipped plant after a year of life, one pump sick: every page has something to show."""
    shipped_plant.sicken(app_database, superuser, now, tag="P-101")
    with app_database.transaction() as tx:
        asset_ids = {one.asset: one.asset_id for one in assets.list_assets(tx)}
    demo_life.live(plant_rows, asset_ids, now)
    shipped_plant.quarantine(superuser, now)
    rate = {"failures": 3, "years": 2.5, "a_year": 1.2, "low": 0.25, "high": 3.5}
    superuser.execute(
        "UPDATE design_request SET state = 'open', decided_at = NULL, decided_by = NULL, reason = '', evidence = %s",
        [Jsonb({"rate": rate, "rest": rate, "orders": ["WO-000001"], "costs": []})],
    )


@pytest.fixture
def console(database_url: str) -> Iterator[str]:
    """The address of a console on the test's database."""
    with served(database_url) as address:
        yield address
