"""The page *People*: a link is made and shown once, rights change by the password, and typed names are marked."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import psycopg
import pytest
from playwright.sync_api import expect

from api.identity.credentials import set_password
from plant.clock import SystemClock
from storage.core.database import Database
from tests import people
from tests.api.console.conftest import Tab

pytestmark = pytest.mark.needs("chromium")
OpenTab = Callable[..., Tab]
Superuser = psycopg.Connection[tuple[object, ...]]
PASSWORD = "rain over the harbour"


@pytest.fixture
def everybody(app_database: Database) -> None:
    """Ada with a password, and Bo, whom she administers."""
    clock = SystemClock()
    ada = people.enter(app_database, clock, name="Ada Lovelace")
    set_password(app_database, ada.person_id, PASSWORD, actor=people.acting(ada), clock=clock)
    people.enter(app_database, clock, "bo", name="Bo")


def roles_of_bo(superuser: Superuser) -> int:
    """Count Bo's roles, in a thread of its own, since the browser's loop runs in this one."""
    found: list[int] = []

    def look() -> None:
        row = superuser.execute("SELECT count(*) FROM person_role JOIN person USING (person_id) WHERE sign_in = 'bo'")
        found.extend(int(str(one)) for one in row.fetchone() or ())

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    return found[0]


def show_link(tab: Tab, said: str) -> str:
    """Make a link for Bo: not by a guess, but by the password."""
    tab.open("/people")
    tab.page.get_by_test_id("person_link-bo").click()
    tab.page.get_by_test_id("confirm-password").fill("a guess")
    tab.page.get_by_test_id("link-do").click()
    tab.page.get_by_text(re.compile("that is not your password|密码不正确")).wait_for()
    expect(tab.page.get_by_test_id("link-shown")).to_be_hidden()
    tab.page.get_by_test_id("confirm-password").fill(PASSWORD)
    tab.page.get_by_test_id("link-do").click()
    tab.page.get_by_text(said).wait_for()
    return str(tab.page.get_by_test_id("link-shown").text_content())


@pytest.mark.usefixtures("everybody")
def test_a_link_is_shown_once_to_who_shows_the_password_again(console: str, open_tab: OpenTab) -> None:
    show_link(open_tab(console, locale="zh-CN", width=390), "链接仅可使用一次")
    tab = open_tab(console, width=1366)
    tab.page.goto(show_link(tab, "Valid once, for a day"))
    tab.page.get_by_test_id("password").fill("snow under the bridge")
    tab.page.get_by_test_id("enter").click()
    tab.page.locator("#content").wait_for()
    tab.open("/people")
    tab.page.get_by_test_id("person_disable-ada").click()
    tab.page.get_by_test_id("confirm-password").fill("snow under the bridge")
    tab.page.get_by_test_id("change-do").click()
    tab.page.get_by_test_id("person-ada").get_by_text("disabled", exact=True).wait_for()


@pytest.mark.usefixtures("everybody")
def test_a_role_is_given_and_taken_back_and_an_account_reached_by_the_password(
    console: str, open_tab: OpenTab, superuser: Superuser
) -> None:
    tab = open_tab(console)
    before = roles_of_bo(superuser)
    tab.open("/people")
    tab.page.get_by_test_id("person_withdraw-bo").click()
    tab.page.get_by_test_id("choose-role").click()
    tab.page.get_by_role("option", name="Engineering").click()
    tab.page.get_by_test_id("confirm-password").fill(PASSWORD)
    tab.page.get_by_test_id("role-do").click()
    tab.page.locator(".sheet").wait_for(state="hidden")
    assert roles_of_bo(superuser) == before - 1
    tab.open("/account")
    tab.page.get_by_test_id("reach-mail").fill("ada@example.com")
    tab.page.get_by_test_id("reach-time_zone").fill("Mars/Olympus")
    for zone, said in (("Mars/Olympus", "there is no time zone"), ("Europe/London", "Kept.")):
        tab.page.get_by_test_id("reach-time_zone").fill(zone)
        tab.page.get_by_test_id("reach-password").fill(PASSWORD)
        tab.page.get_by_test_id("reach_keep").click()
        tab.page.get_by_text(said).wait_for()
    _changed_by_two(tab, superuser)


def _changed_by_two(tab: Tab, superuser: Superuser) -> None:
    """Change what was changed elsewhere meanwhile: refused with both versions; to press again is a decision."""
    superuser.execute("UPDATE person SET phone = '+44 20 7946' WHERE sign_in = 'ada'")
    theirs = tab.page.get_by_test_id("conflict").get_by_text("Telephone: +44 20 7946")
    for is_refused in (True, False):
        tab.page.get_by_test_id("reach-password").fill(PASSWORD)
        tab.page.get_by_test_id("reach_keep").click()
        theirs.wait_for(state="visible" if is_refused else "hidden")
    assert superuser.execute("SELECT phone FROM person WHERE sign_in = 'ada'").fetchone() == ("",)


@pytest.mark.usefixtures("sick_plant")
def test_a_name_that_was_typed_before_people_signed_in_is_marked(
    console: str, open_tab: OpenTab, superuser: Superuser
) -> None:
    superuser.execute(
        "UPDATE alert SET acknowledged = true, acknowledged_at = now(), acknowledged_by = 'Old Wang',"
        " acknowledged_recognised = 'typed'"
    )
    superuser.execute("UPDATE work_order SET acknowledged_at = now(), acknowledged_by = 'Old Wang'")
    superuser.execute("UPDATE work_order_event SET event = 'acknowledged', actor = 'Old Wang', recognised = 'typed'")
    for locale, mark in (("en-US", "Old Wang (typed, not proved)"), ("zh-CN", "Old Wang (手工填写，未经验证)")):
        tab = open_tab(console, locale=locale)
        tab.open("/alerts")
        tab.page.get_by_test_id("filter-state").click()
        tab.page.get_by_role("option", name="All" if locale == "en-US" else "全部", exact=True).click()
        tab.page.get_by_text(mark).wait_for()
        tab.open("/work-orders/WO-000001")
        tab.page.get_by_text(mark).nth(1).wait_for()
