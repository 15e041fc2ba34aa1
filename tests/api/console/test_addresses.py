"""The console in a real browser: what people see, and what they do there."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import httpx
import psycopg
import pytest
from playwright.sync_api import expect

from alerts.orders.commands import report_failure
from api.identity.credentials import set_password
from plant.clock import SystemClock
from plant.iso14224 import Activity
from plant.people.principal import typed
from plant.severity import Severity
from plant.work_order import FailureReport, OrderState, Outcome
from storage.core.database import Database
from storage.identity import people as people_rows
from storage.identity import sessions
from storage.work import orders
from tests import people
from tests.api import plant_rows
from tests.api.console.conftest import Tab, served
from tests.patience import PATIENCE_S, wait_for
from tests.plant_rows import PlantRows

pytestmark = pytest.mark.needs("chromium")
Superuser = psycopg.Connection[tuple[object, ...]]
OpenTab = Callable[..., Tab]
SCROLL_WIDTH = "document.documentElement.scrollWidth"
TEXT_SPACING = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }"
"""What a reader may ask for, by WCAG 1.4.12."""
PATHS = [
    *("/", "/work-orders", "/work-orders/WO-000001", "/alerts", "/quarantine", "/telemetry", "/assets/demo/P-102"),
    *("/models", "/models/demo/P-102"),
]


def expect_text(tab: Tab, testid: str, said: str) -> None:
    """Wait until an element says something."""
    tab.page.get_by_test_id(testid).filter(has_text=said).first.wait_for()


@pytest.mark.usefixtures("plant")
def test_an_order_appears_by_itself_and_is_acknowledged(
    console: str, open_tab: OpenTab, app_database: Database, superuser: Superuser, now: datetime
) -> None:
    tab = open_tab(console)
    tab.open("/")
    expect_text(tab, "tile-condition", "12 / 12")
    plant_rows.sicken(app_database, superuser, now)
    expect_text(tab, "asset-P-102", "Alarm")
    expect_text(tab, "call-WO-000001", "Vibration")

    tab.page.get_by_role("link", name="Work orders 1", exact=True).click()
    tab.page.get_by_test_id("order-WO-000001").click()
    expect_text(tab, "shares", "58 %")
    expect(tab.page.get_by_test_id("shares")).to_contain_text("Vibration, drive end")
    expect(tab.page.get_by_text("condition/1")).to_be_visible()
    tab.page.locator("[data-testid=window-chart] svg").wait_for()

    tab.page.get_by_test_id("acknowledge").click()
    expect_text(tab, "acknowledged", "Acknowledged by Ada Lovelace")
    with app_database.transaction() as tx:
        assert orders.get_order(tx, "WO-000001").acknowledged_by == "Ada Lovelace"
    tab.page.get_by_text("All work orders").click()
    expect_text(tab, "order-WO-000001", "Ada Lovelace")


def take(tab: Tab, step: str) -> None:
    """Press a step's button on the page and confirm it in the sheet."""
    tab.page.get_by_test_id("steps").get_by_test_id(step).click()
    tab.page.locator(".sheet").get_by_test_id(step).click()


def offered(tab: Tab) -> list[str]:
    """Return the words on the buttons of the order's work card."""
    buttons = tab.page.get_by_test_id("steps").get_by_role("button").all_inner_texts()
    return [said.strip() for said in buttons]


@pytest.mark.usefixtures("sick_plant")
def test_an_order_is_worked_off_and_closed_and_the_lesson_that_is_kept_stands_beside_the_next_one(
    console: str, open_tab: OpenTab, app_database: Database
) -> None:
    tab = open_tab(console)
    tab.open("/work-orders/WO-000001")
    tab.page.get_by_test_id("steps").wait_for()
    assert offered(tab) == ["Approve", "Cancel order", "Book work or cost"]
    take(tab, "step_approve")
    tab.page.get_by_test_id("steps").get_by_test_id("step_start").wait_for()
    assert offered(tab) == [
        "Start work", "Wait for schedule", "Wait for material", "Wait for plant condition", "Cancel order",
        "Book work or cost",
    ]  # fmt: skip
    tab.page.get_by_test_id("steps").get_by_test_id("book").click()
    tab.page.get_by_test_id("hours_spent").fill("1,5")
    tab.page.locator(".sheet").get_by_test_id("book_do").click()
    tab.page.get_by_text("1.50 h").wait_for()
    assert "Cancel order" not in offered(tab)
    take(tab, "step_start")
    tab.page.get_by_test_id("steps").get_by_test_id("step_complete").wait_for()
    take(tab, "step_complete")
    tab.page.get_by_test_id("steps").get_by_test_id("step_close").click()
    tab.page.get_by_test_id("close_do").click()
    tab.page.get_by_text("Choose outcome, failure mode, cause and action").wait_for()
    for field, chosen in (("outcome", "Confirmed"), ("cause", "Expected wear and tear"), ("action", "Replace")):
        tab.page.get_by_test_id(field).click()
        tab.page.get_by_role("option", name=chosen).click()
    tab.page.locator(".sheet").get_by_test_id("step-note").fill("drive end, greased dry")
    tab.page.get_by_test_id("close_do").click()
    expect(tab.page.get_by_test_id("lesson-helped")).to_have_value("Replace: drive end, greased dry")
    tab.page.get_by_test_id("lesson-seen").fill("Drive end bearing rumbles")
    tab.page.get_by_test_id("lesson_keep_do").click()
    tab.page.get_by_test_id("lesson_keep_do").wait_for(state="detached")
    expect(tab.page.get_by_test_id("lesson-offer")).to_have_count(0)
    expect_text(tab, "closing", "3.4 Expected wear and tear")
    expect_text(tab, "closing", "The machine is learnt again")
    expect(tab.page.get_by_text("Nothing more is to be done here")).to_be_visible()
    with app_database.transaction() as tx:
        order = orders.get_order(tx, "WO-000001")
        closing = orders.closing_of(tx, order.order_id)
    assert order.state is OrderState.CLOSE
    assert closing is not None
    assert (closing.outcome, closing.action, closing.relearn) == (Outcome.CONFIRMED, Activity.REPLACE, True)
    assert closing.restored_at == order.completed_at
    report = FailureReport(
        actor=typed("Wang"), failure_mode=order.failure_mode, severity=Severity.MAJOR, what="it rumbles again"
    )
    following = report_failure(app_database, order.site, order.asset, report, clock=SystemClock())
    tab.open(f"/work-orders/{following.number}")
    expect(tab.page.get_by_test_id("nearest")).to_contain_text("Drive end bearing rumbles")


@pytest.mark.usefixtures("plant")
def test_a_failure_is_reported_in_the_sites_own_time(
    console: str, open_tab: OpenTab, app_database: Database, superuser: Superuser
) -> None:
    superuser.execute("UPDATE site SET timezone = 'Asia/Shanghai'")
    tab = open_tab(console, locale="zh-CN", width=390, zone="Europe/Berlin", person="wang", name="王伟")
    tab.open("/assets/demo/P-101")
    tab.page.get_by_test_id("report").click()
    tab.page.get_by_test_id("what").fill("机封泄漏")
    tab.page.get_by_test_id("failure-mode").click()
    tab.page.get_by_role("option", name="工艺介质外漏").click()
    tab.page.locator("[data-testid=failed_at] input").fill("2026-01-02T08:30")
    tab.page.get_by_test_id("report_do").click()
    tab.page.wait_for_url("**/work-orders/WO-000001")
    expect_text(tab, "order-page", "机封泄漏")
    with app_database.transaction() as tx:
        order = orders.get_order(tx, "WO-000001")
    assert (order.failure_mode, order.acknowledged_by) == ("ELP", "王伟")
    assert order.evidence["failed_at"] == "2026-01-02T00:30:00.000Z"


@pytest.mark.usefixtures("plant")
def test_an_asset_is_taken_out_of_service_and_returned(console: str, open_tab: OpenTab) -> None:
    tab = open_tab(console)
    tab.open("/assets/demo/P-101")
    for action, after in (("take_out", "put_back"), ("put_back", "take_out")):
        tab.page.get_by_test_id(f"{action}-ask").click()
        tab.page.locator(".sheet").get_by_test_id(action).click()
        tab.page.get_by_test_id(f"{after}-ask").wait_for()


@pytest.mark.usefixtures("sick_plant")
def test_nothing_is_done_on_an_open_page_once_its_session_has_ended(
    console: str, open_tab: OpenTab, app_database: Database
) -> None:
    tab = open_tab(console)
    tab.open("/work-orders/WO-000001")
    tab.page.get_by_test_id("acknowledge").wait_for()  # over its connection, which an ended session is not given
    with app_database.transaction() as tx:
        ada = people_rows.by_sign_in(tx, "ada")
        assert ada is not None
        sessions.end_all_of(tx, ada.person_id, at=SystemClock().now(), because="a test")
    tab.page.wait_for_url(re.compile(r"/login\?next=/work-orders/WO-000001$"))
    with app_database.transaction() as tx:
        assert orders.get_order(tx, "WO-000001").acknowledged_at is None


@pytest.mark.usefixtures("sick_plant")
def test_a_name_that_is_markup_is_shown_as_text(console: str, open_tab: OpenTab) -> None:
    name = '<img src=x onerror=alert(1)>\'"); alert(2); ("王'
    tab = open_tab(console, person="eve", name=name)
    tab.page.on("dialog", lambda dialog: tab.faults.append(dialog.message))
    tab.open("/work-orders/WO-000001")
    tab.page.get_by_test_id("acknowledge").click()
    expect_text(tab, "acknowledged", name)


@pytest.mark.usefixtures("sick_plant")
def test_an_alert_is_acknowledged_where_it_stands(console: str, open_tab: OpenTab) -> None:
    tab = open_tab(console)
    tab.open("/alerts")
    tab.page.get_by_test_id("alerts").get_by_text("Acknowledge", exact=True).click()
    tab.page.get_by_test_id("acknowledge").click()
    expect_text(tab, "alerts", "Active, acknowledged")
    expect(tab.page.get_by_test_id("alerts").get_by_text("Ada")).to_be_visible()


def test_a_held_payload_is_shown_to_whoever_asks(
    console: str, open_tab: OpenTab, superuser: Superuser, now: datetime
) -> None:
    plant_rows.quarantine(superuser, now)
    tab = open_tab(console)
    tab.open("/quarantine")
    tab.page.get_by_text("Unknown asset").click()
    tab.page.locator("pre").get_by_text('{"t_c": 20.5, "note": "20 °C"}').wait_for()


@pytest.mark.usefixtures("sick_plant")
def test_the_language_is_switched_and_stays(console: str, open_tab: OpenTab) -> None:
    tab = open_tab(console)
    tab.open("/")
    expect_text(tab, "asset-P-101", "Cooling-water pump A")
    tab.page.get_by_test_id("language-zh").click()
    expect_text(tab, "asset-P-101", "冷却水泵A")
    expect(tab.page.get_by_test_id("asset-P-101")).to_contain_text("驱动端振动")
    tab.page.get_by_test_id("call-WO-000001").click()
    expect_text(tab, "order-page", "贡献信号")
    assert tab.page.evaluate("document.documentElement.lang") == "zh-CN"


@pytest.mark.usefixtures("plant")
def test_a_chinese_browser_is_met_in_chinese(console: str, open_tab: OpenTab) -> None:
    tab = open_tab(console, locale="zh-CN")
    tab.open("/")
    expect_text(tab, "asset-M-301", "驱动电机A")


@pytest.mark.usefixtures("sick_plant")
def test_times_are_the_sites_own_with_their_offset(console: str, open_tab: OpenTab, superuser: Superuser) -> None:
    for zone, offset in (("Asia/Shanghai", r"UTC\+08:00"), ("America/St_Johns", "UTC−0[23]:30")):
        superuser.execute("UPDATE site SET timezone = %s", [zone])
        tab = open_tab(console, zone="Europe/Berlin")
        tab.open("/work-orders/WO-000001")
        tab.page.get_by_text(re.compile(rf"^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d {offset}$")).first.wait_for()


def kept(tab: Tab, cookie: str) -> str | None:
    """Return what the browser keeps under a name."""
    return next((one["value"] for one in tab.page.context.cookies() if one["name"] == cookie), None)


@pytest.mark.usefixtures("sick_plant")
def test_light_and_dark_are_chosen_and_remembered(console: str, open_tab: OpenTab) -> None:
    tab = open_tab(console)
    tab.open("/")
    tab.page.get_by_test_id("theme").click()
    tab.page.get_by_test_id("theme").click()
    tab.page.locator("body.body--dark").wait_for()
    wait_for(lambda: kept(tab, "assetloop_theme") == "dark", what="choice that is kept")
    tab.open("/work-orders")
    tab.page.locator("body.body--dark").wait_for()


@pytest.mark.usefixtures("sick_plant")
def test_no_page_is_wider_than_the_screen_also_with_wide_letters_and_long_titles(
    console: str, open_tab: OpenTab, app_database: Database, superuser: Superuser, now: datetime
) -> None:
    plant_rows.quarantine(superuser, now)
    told = FailureReport(actor=typed("Wang"), failure_mode="ELP", severity=Severity.MAJOR, what="it leaks below " * 8)
    report_failure(app_database, "demo", "C-201", told, clock=SystemClock())
    tab = open_tab(console, width=390)
    for path in PATHS:
        tab.open(path)
        tab.page.locator(".card:visible").first.wait_for()
        for spacing in ("* {}", TEXT_SPACING):
            tab.page.add_style_tag(content=spacing)
            for width in (390, 320, 730, 800, 1280, 390):
                tab.page.set_viewport_size({"width": width, "height": 844})
                wait_for(lambda width=width: tab.page.evaluate(SCROLL_WIDTH) <= width, what=f"{path} within {width}")


def test_what_is_not_there_is_said_so(console: str, open_tab: OpenTab) -> None:
    tab = open_tab(console)
    for path in ("/work-orders/WO-000009", "/assets/demo/nothing", "/at/demo/nothing"):
        tab.open(path)
        tab.page.get_by_test_id("missing").get_by_text("no such page").wait_for()
    assert [said for said in tab.faults if "404 (Not Found)" not in said] == []
    tab.faults.clear()  # the browser itself says that each page was 404, and that a page without a sign has none


def test_an_empty_plant_says_how_to_fill_it(console: str, open_tab: OpenTab) -> None:
    tab = open_tab(console)
    tab.open("/")
    tab.page.get_by_text("assetloop register import plant.toml").wait_for()


@pytest.mark.usefixtures("plant")
def test_with_the_database_away_at_start_the_console_says_so_and_recovers(
    database_url: str, superuser: Superuser, open_tab: OpenTab, app_database: Database
) -> None:
    name = superuser.info.dbname
    tab = open_tab("http://127.0.0.1:1")  # signed in before
    app_database.close()
    superuser.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )
    with psycopg.connect(psycopg.conninfo.make_conninfo(database_url, dbname="postgres"), autocommit=True) as keeper:
        superuser.close()
        keeper.execute(f'ALTER DATABASE "{name}" RENAME TO "{name}_away"')
        with served(database_url) as address:
            tab.base = address
            tab.open("/")
            expect_text(tab, "away", "The database is away")
            tab.faults.clear()  # 503 is what the page was
            keeper.execute(f'ALTER DATABASE "{name}_away" RENAME TO "{name}"')
            expect_text(tab, "asset-P-101", "Healthy")
            expect(tab.page.get_by_test_id("away")).to_be_hidden()
            tab.page.close()


@pytest.mark.usefixtures("plant")
def test_every_script_of_a_page_is_named_by_its_nonce_also_where_the_page_comes_packed(
    console: str, app_database: Database
) -> None:
    cookies = people.cookie_of(app_database, SystemClock(), people.enter(app_database, SystemClock()))
    with httpx.Client(base_url=console, cookies=cookies, timeout=PATIENCE_S) as client:
        for path in ("/", "/login", "/people", "/alerts", "/figures"):
            answer = client.get(path, headers={"Accept-Encoding": "gzip"}, follow_redirects=True)
            assert answer.headers["content-encoding"] == "gzip", path
            (nonce,) = re.findall(r"'nonce-([^']+)'", answer.headers["content-security-policy"])
            scripts = re.findall(r"<script\b[^>]*>", answer.text)
            assert scripts, path
            assert all(f'nonce="{nonce}"' in script for script in scripts), path


@pytest.mark.usefixtures("plant")
def test_the_console_opens_after_signing_in_and_closes_after_signing_out(
    console: str, open_tab: OpenTab, app_database: Database
) -> None:
    clock = SystemClock()
    ada = people.enter(app_database, clock)
    set_password(app_database, ada.person_id, "rain over the harbour", actor=people.acting(ada), clock=clock)
    tab = open_tab(console, person=None)
    tab.page.goto(console + "/alerts")
    tab.page.get_by_test_id("name").fill("Ada")
    tab.page.get_by_test_id("password").fill("rain over the harbour")
    tab.page.get_by_test_id("enter").click()
    tab.page.get_by_text("No alert is open").wait_for()
    tab.page.get_by_role("link", name="Overview").click()
    expect_text(tab, "asset-P-101", "Healthy")
    tab.page.get_by_test_id("logout").click()
    tab.page.get_by_test_id("password").wait_for()


@pytest.mark.usefixtures("plant")
def test_what_devices_sent_is_counted_and_trouble_comes_first(
    console: str, open_tab: OpenTab, superuser: Superuser, now: datetime
) -> None:
    superuser.execute(
        "INSERT INTO delivery_minute"
        " (device, minute, received, stored, duplicate, late, quarantined, conflicting, limited)"
        " VALUES ('demo/P-101', %(at)s, 5000, 5000, 0, 0, 0, 0, 0), ('demo/P-102', %(at)s, 30, 20, 0, 1, 3, 0, 7)",
        {"at": now},
    )
    PlantRows(superuser).slot(0, holder="a")
    tab = open_tab(console)
    tab.open("/telemetry")
    expect_text(tab, "delivered-", "5,030")
    expect_text(tab, "slots", "no connection to the broker")
    names = tab.page.get_by_test_id("deliveries").locator(".strong").all_inner_texts()
    assert names == ["All devices", "demo/P-102", "demo/P-101"]


@pytest.mark.usefixtures("plant")
def test_an_asset_shows_session_device_and_sensors_apart(console: str, open_tab: OpenTab, superuser: Superuser) -> None:
    PlantRows(superuser).slot(0, holder="a", is_listening=True)
    superuser.execute("UPDATE latest SET stored_at = now(), time = now(), flags = 0")
    superuser.execute(
        "UPDATE latest SET time = now() - interval '1 hour' WHERE signal_id ="
        " (SELECT signal_id FROM signal JOIN asset USING (asset_id) WHERE tag = 'P-101' AND key = 'flow_m3_h')"
    )
    tab = open_tab(console)
    tab.open("/assets/demo/P-101")
    expect_text(tab, "liveness-session", "up")
    expect_text(tab, "liveness-device", "alive")
    expect_text(tab, "liveness-sensors", "stale: flow_m3_h")
