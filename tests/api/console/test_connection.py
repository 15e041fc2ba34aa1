"""A page that outlives its connection: nothing is lost, nothing is done twice, and it says what happens."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import expect

from alerts.orders.checklist import add_order_task
from plant.clock import SystemClock
from plant.orders.job_plan import Verdict
from storage.core.database import Database
from storage.identity.people import Person
from storage.orders.attachments import attachments_of
from storage.orders.comments import comments_of
from storage.orders.tasks import tasks_of
from storage.work import orders
from tests import people
from tests.api.console.bad_line import BadLine
from tests.api.console.conftest import Tab, listens, start_console
from tests.conftest import free_port
from tests.copies import Copy
from tests.patience import wait_for

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.usefixtures("sick_plant")]
OpenTab = Callable[..., Tab]
ORDER = "/work-orders/WO-000001"
PNG = b64decode(b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


class Restart(NamedTuple):
    """Begins a console, always at the same address, and ends it by a signal."""

    begin: Callable[[], str]
    end: Callable[[signal.Signals], None]


@pytest.fixture
def line(console: str) -> Iterator[BadLine]:
    """A line to the console."""
    line = BadLine(console)
    yield line
    line.close()


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Put nginx before a console, as docs/security.md says, or without a way for WebSockets; returns its address."""
    running: list[subprocess.Popen[bytes]] = []

    def before(address: str, *, upgrades: bool = True) -> str:
        port = free_port()
        file = tmp_path / f"nginx-{port}.conf"
        file.write_text(_NGINX.format(folder=tmp_path, port=port, address=address, upgrade=_UPGRADE * upgrades))
        running.append(subprocess.Popen([str(shutil.which("nginx")), "-c", str(file), "-e", "stderr"]))
        wait_for(lambda: listens(port), what="nginx")
        return f"http://127.0.0.1:{port}"

    yield before
    for one in running:
        one.terminate()
        one.wait()


_UPGRADE = "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;"
_NGINX = """
daemon off; pid {folder}/nginx-{port}.pid; worker_processes 1;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location / {{ proxy_pass {address}; proxy_set_header Host $http_host; proxy_read_timeout 60s; {upgrade} }}
  }}
}}
"""


def mark_page(page: Any) -> None:
    """Write something into a page that is gone when it is loaded again."""
    page.evaluate("window.isSamePage = true")


def is_same_page(page: Any) -> bool:
    return bool(page.evaluate("window.isSamePage === true"))


def comments(database: Database) -> list[str]:
    with database.transaction() as tx:
        return [one.said for one in comments_of(tx, orders.get_order(tx, "WO-000001").order_id)]


def _ada(database: Database) -> Person:
    return people.enter(database, SystemClock(), "ada", name="Ada Lovelace")


def test_what_is_typed_and_pressed_while_the_line_is_cut_is_done_once_when_it_is_back(
    line: BadLine, open_tab: OpenTab, app_database: Database
) -> None:
    tab = open_tab(line.address)
    tab.open(ORDER)
    page, banner = tab.page, tab.page.locator("#connection")
    page.get_by_test_id("comment").fill("Grease is dry")
    mark_page(page)
    line.cut(refuses=True)
    banner.get_by_text("The console has not been reached since").wait_for()
    page.get_by_test_id("comment").fill("Grease is dry, bearing warm")
    page.get_by_test_id("comment_do").click()
    asked: list[Any] = []
    page.on("request", lambda one: asked.append(one))  # noqa: PLW0108 - Playwright marks what it calls
    # The link is followed once the console is found to be there: until then the line stays cut.
    with page.expect_event("requestfailed", lambda one: one in asked):
        page.get_by_text("All work orders").click()
    assert page.url.endswith(ORDER)
    line.cut(refuses=False)
    page.get_by_test_id("comments").get_by_text("Grease is dry, bearing warm").wait_for()
    banner.wait_for(state="hidden")
    expect(page.get_by_test_id("comment")).to_have_value("")
    assert is_same_page(page)
    assert comments(app_database) == ["Grease is dry, bearing warm"]
    tab.faults.clear()  # the browser says of each attempt that it failed


def test_what_was_pressed_into_a_dead_line_is_done_once_when_a_new_one_is_there(
    line: BadLine, open_tab: OpenTab, app_database: Database
) -> None:
    tab = open_tab(line.address, locale="zh-CN")
    tab.open(ORDER)
    page = tab.page
    page.get_by_test_id("comment").fill("Sealed")
    mark_page(page)
    line.is_dead = True
    page.get_by_test_id("comment_do").click()
    page.locator("#connection").get_by_text("起无法连接控制台").wait_for()
    line.mend()
    page.get_by_test_id("comments").get_by_text("Sealed").wait_for()
    assert is_same_page(page)
    assert comments(app_database) == ["Sealed"]
    tab.faults.clear()


def test_a_button_that_is_drawn_anew_while_it_is_pressed_does_what_it_did(
    console: str, open_tab: OpenTab, app_database: Database
) -> None:
    tab = open_tab(console)
    tab.open(ORDER)
    page, button = tab.page, tab.page.get_by_test_id("steps").get_by_test_id("step_approve")
    page.get_by_test_id("shares").wait_for()
    button.hover()
    page.mouse.down()
    add_order_task(app_database, "WO-000001", "Oil level", actor=people.acting(_ada(app_database)), clock=SystemClock())
    page.wait_for_function("connection.held() > 0")
    page.mouse.up()
    page.locator(".sheet").get_by_test_id("step-note").wait_for()
    page.get_by_test_id("task-1").wait_for()
    expect(page.locator(".sheet")).to_have_count(1)


def test_what_is_pressed_twice_is_done_once(console: str, open_tab: OpenTab, app_database: Database) -> None:
    tab = open_tab(console)
    tab.open(ORDER)
    tab.page.get_by_test_id("comment").fill("Sealed")
    tab.page.get_by_test_id("comment_do").dblclick()
    tab.page.get_by_test_id("comments").get_by_text("Sealed").wait_for()
    tab.page.get_by_test_id("comment").fill("Greased")
    tab.page.get_by_test_id("comment_do").click()
    tab.page.get_by_test_id("comments").get_by_text("Greased").wait_for()
    assert sorted(comments(app_database)) == ["Greased", "Sealed"]
    tab.page.get_by_test_id("comment").fill("Warm")
    tab.page.wait_for_function(_KEEPS_AS_PRESSED, arg="Warm")
    tab.page.reload()  # before anybody says what became of it
    tab.page.wait_for_function("() => document.querySelector('[data-testid=comment]')?.value === 'Warm'")


_KEEPS_AS_PRESSED = """
(typed) => {
  const [key, kept] = Object.entries(sessionStorage).find(([, kept]) => kept.includes(typed)) || [];
  const drafts = JSON.parse(kept || "{}");
  Object.values(drafts).forEach((draft) => (draft.pressed = true));
  key && sessionStorage.setItem(key, JSON.stringify(drafts));
  return Boolean(key);
}
"""


@pytest.fixture
def restart(database_url: str, tmp_path: Path) -> Iterator[Restart]:
    """A console that is started and ended by the test."""
    port = free_port()
    running: list[Copy] = []

    def begin() -> str:
        running.append(start_console(database_url, port, tmp_path / "console"))
        return f"http://127.0.0.1:{port}"

    def end(sign: signal.Signals) -> None:
        process = running.pop()
        process.send_signal(sign)
        process.wait()

    yield Restart(begin, end)
    while running:
        end(signal.SIGTERM)


@pytest.mark.needs("nginx")
def test_a_server_that_was_killed_behind_nginx_is_said_to_be_away_and_what_was_typed_is_in_its_place_again(
    open_tab: OpenTab, app_database: Database, restart: Restart, nginx: Callable[..., str]
) -> None:
    tab = open_tab(nginx(restart.begin()))
    tab.open(ORDER)
    page, banner = tab.page, tab.page.locator("#connection")
    page.get_by_test_id("comment").fill("Half a sentence, ")
    mark_page(page)
    restart.end(signal.SIGKILL)
    banner.get_by_text("has not been reached since").wait_for()
    page.get_by_test_id("comment").press_sequentially("and the rest")
    restart.begin()
    banner.get_by_text("started anew, without this page").wait_for()
    assert is_same_page(page)
    banner.get_by_role("button", name="Load the page").click()
    page.get_by_text("What you typed here before is back.").wait_for()
    assert not is_same_page(page)
    expect(page.get_by_test_id("comment")).to_have_value("Half a sentence, and the rest")
    page.get_by_test_id("comment_do").click()
    page.get_by_test_id("comments").get_by_text("and the rest").wait_for()
    assert comments(app_database) == ["Half a sentence, and the rest"]

    page.goto(f"{tab.base}/alerts")
    page.get_by_test_id("filter-text").wait_for()
    mark_page(page)
    restart.end(signal.SIGTERM)
    banner.get_by_text("has not been reached since").wait_for()
    restart.begin()
    page.get_by_text("This page was loaded again at").wait_for()
    assert not is_same_page(page)
    tab.faults.clear()


@pytest.mark.long
@pytest.mark.needs("nginx")
def test_a_page_that_is_silent_behind_nginx_for_longer_than_its_minute_stays_with_and_without_websockets(
    console: str, open_tab: OpenTab, nginx: Callable[..., str]
) -> None:
    tabs = [open_tab(nginx(console, upgrades=upgrades)) for upgrades in (True, False)]
    for tab in tabs:
        tab.open("/account")
        mark_page(tab.page)
        tab.page.evaluate("connection.on('away', () => (window.wasAway = true))")
    time.sleep(70)  # the thing itself
    for tab in tabs:
        assert is_same_page(tab.page)
        assert tab.page.evaluate("window.wasAway") is None
        assert not tab.page.locator("#connection").is_visible()
        tab.faults[:] = [said for said in tab.faults if "WebSocket" not in said]  # what has no way says so


def test_what_is_done_on_the_phone_without_a_network_waits_there_and_goes_once_when_it_is_back(
    line: BadLine, open_tab: OpenTab, app_database: Database
) -> None:
    ada = people.acting(_ada(app_database))
    for text in ("Oil level", "Coupling"):
        add_order_task(app_database, "WO-000001", text, actor=ada, clock=SystemClock())
    tab = open_tab(line.address, width=390)
    tab.open("/at/demo/P-102")
    page, offline, waits = tab.page, tab.page.get_by_test_id("offline-work"), tab.page.locator("#waiting")
    page.get_by_test_id("task-2").wait_for()
    line.cut(refuses=True)
    form = offline.locator("form", has_text="Oil level")
    form.get_by_role("combobox").select_option("fail")
    form.locator("button").click()
    form = offline.locator("form", has=page.locator("textarea"))
    form.locator("textarea").fill("Drips at the flange")
    photo = {"name": "flange.png", "mimeType": "image/png", "buffer": PNG}
    form.locator("input[type=file]").set_input_files([photo, {**photo, "name": "no.png", "buffer": b"no picture"}])
    form.locator("button").click()
    form = offline.locator("form", has_text="Report")
    form.locator("[name=what]").fill("Guard is loose")
    form.locator("button").click()
    waits.get_by_text("Waits to be sent: 5").wait_for()
    page.goto("about:blank")
    line.cut(refuses=False)
    tab.open("/at/demo/P-102")
    waits.get_by_text("Waits to be sent: 0").wait_for()
    waits.get_by_text("Not taken:").wait_for()
    page.reload()
    waits.get_by_role("button", name="Throw it away").click()
    waits.wait_for(state="hidden")
    assert comments(app_database) == ["Drips at the flange"]
    with app_database.transaction() as tx:
        order = orders.get_order(tx, "WO-000001")
        answered = [(one.answers, one.answer and one.answer.verdict) for one in tasks_of(tx, order.order_id)]
        titles = [one.title for one in orders.list_orders(tx, orders.OPEN_ORDERS)]
        names = [one.name for one in attachments_of(tx, order.order_id)]
    assert answered == [(1, Verdict.FAIL), (0, None)]
    assert names == ["flange.png"]
    assert [title.endswith(": Guard is loose") for title in titles].count(True) == 1
    tab.faults.clear()
