"""Every page of the console, in a plant that has lived: accessible by WCAG 2.2 AA, in both languages, none too wide."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Error, expect

from plant.clock import SystemClock
from plant.people.rights import PlantRole
from storage.core.database import Database
from tests import axe, people
from tests.api.console.conftest import Superuser, Tab
from tests.console_pages import FILLED, PAGES, ConsolePage

if TYPE_CHECKING:
    from playwright.sync_api import Page

CONSOLE = Path(__file__).parents[3] / "api" / "console"
THINGS = {"site": "demo", "asset": "P-101", "order": "WO-000001", "project": "cw-2026"}
LOOKS: Mapping[str, Mapping[str, Any]] = {
    "light": {"color_scheme": "light", "contrast": "no-preference"},
    "dark": {"color_scheme": "dark", "contrast": "no-preference"},
    "high contrast": {"color_scheme": "light", "contrast": "more"},
    "high contrast, dark": {"color_scheme": "dark", "contrast": "more"},
}
OpenTab = Callable[..., Tab]
# A page of the console follows the system's light and dark by a script; a small page does so by itself.
FOLLOWED = "(dark) => !document.querySelector('.bar') || document.body.classList.contains('body--dark') === dark"


def test_the_tour_goes_to_every_page() -> None:
    there = set(re.findall(r'@page\("([^"]+)"\)', (CONSOLE / "addresses.py").read_text(encoding="utf-8")))
    visited = {re.sub(r"\{[^}]*\}", "{}", one.address.partition("?")[0]) for one in PAGES}
    assert {re.sub(r"\{[^}]*\}", "{}", one) for one in there} <= visited


def tour(tab: Tab) -> Iterator[tuple[ConsolePage, Page]]:
    """Open every page that is seen by who is signed in, one after the other."""
    for one in PAGES:
        one.open(tab.page, tab.base, THINGS)
        yield one, tab.page
    tab.faults.clear()  # the browser says itself that the missing page is missing


@pytest.mark.long
@pytest.mark.needs("chromium", "npm")
@pytest.mark.usefixtures("lived_plant")
def test_no_page_breaks_a_rule_of_accessibility_light_dark_or_in_high_contrast(
    console: str, open_tab: OpenTab, superuser: Superuser
) -> None:
    """With one machine of each state that a page can show, out of service too."""
    superuser.execute("UPDATE asset SET state = 'out_of_service' WHERE tag = 'F-402'")
    tab = open_tab(console, width=1366)
    broken: list[str] = []
    for one, page in tour(tab):
        for look, media in LOOKS.items():
            page.emulate_media(**media)
            page.wait_for_function(FOLLOWED, arg=media["color_scheme"] == "dark")
            found = axe.violations(page, enhanced="contrast" in look)
            broken += [f"{one.name}, {look}: {said}" for said in found]
    assert "\n".join(broken) == ""


TEXT_NODES = """
() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const said = [];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (element.checkVisibility() && !element.closest("script, style, svg, pre, [lang]:not(html)")) {
      said.push(walker.currentNode.textContent.trim());
    }
  }
  for (const element of document.querySelectorAll("[title], [aria-label], [placeholder], [alt]")) {
    if (!element.closest("[lang]:not(html)")) {
      said.push(...["title", "aria-label", "placeholder", "alt"].map((one) => element.getAttribute(one) || ""));
    }
  }
  return said.filter(Boolean);
}
"""
TOO_WIDE = """
() => [...document.querySelectorAll("#content *")]
  .filter((one) => one.getBoundingClientRect().right > 391).map((one) => one.outerHTML.slice(0, 160)).slice(-2)
"""
# Three words of English beside each other: a sentence, or the beginning of one.
ENGLISH = re.compile(r"(?:\b[A-Za-z][a-z]+\b[ ,;:]+){2,}[a-z]{2,}")
# What people and devices wrote, and commands, stand in a page as they are.
THEIR_WORDS = re.compile(
    r"assetloop |jobs wait|is missing|Bearing of |seals run hot|X-999 is not registered|[Ll]ine 1 column 2"
)


@pytest.mark.long
@pytest.mark.needs("chromium")
@pytest.mark.usefixtures("lived_plant")
def test_no_chinese_page_says_a_sentence_in_english_or_is_wider_than_a_phone(console: str, open_tab: OpenTab) -> None:
    tab = open_tab(console, locale="zh-CN", width=390)
    left: list[str] = []
    for one, page in tour(tab):
        left += [
            f"{one.name}: {said}"
            for said in page.evaluate(TEXT_NODES)
            if ENGLISH.search(said) and not THEIR_WORDS.search(said)
        ]
        if (width := page.evaluate("document.documentElement.scrollWidth")) > 390:
            left.append(f"{one.name} is {width} px wide: {page.evaluate(TOO_WIDE)}")
    assert "\n".join(sorted(set(left))) == ""


SAYS_MORE = """
() => {
  const said = (document.querySelector("#content") || document.body).innerText.trim();
  return said.length > (document.querySelector("h1")?.innerText.length || 0) + 10;
}
"""


@pytest.mark.long
@pytest.mark.needs("chromium")
def test_every_page_says_what_it_means_that_there_is_nothing_or_that_a_role_does_not_open_it(
    console: str, open_tab: OpenTab, app_database: Database
) -> None:
    """An empty plant, as who may do everything, and as who only runs it."""
    runs_it = people.enter(app_database, SystemClock(), "ana", name="Ana", roles=((PlantRole.OPERATIONS, None),))
    silent: list[str] = []
    for person in ("ada", runs_it.sign_in):
        for one, page in tour(open_tab(console, person=person)):
            try:
                page.wait_for_function(SAYS_MORE)
            except Error:
                silent.append(f"{person}, {one.name}: {page.inner_text('body')}")
            if "Internal Server Error" in page.inner_text("body"):
                silent.append(f"{person}, {one.name} fails")
    assert "\n".join(silent) == ""


# What opens a sheet, by the page where it stands.
SHEETS = (
    ("/assets/demo/P-101", "report"),
    ("/assets/demo/P-101", "take_out-ask"),
    ("/assets/demo/P-101", "range-own"),
    ("/work-orders/WO-000001", "step_approve"),
    ("/work-orders/WO-000001", "book"),
    ("/work-orders/WO-000001", "assign"),
    ("/work-orders/WO-000001", "step_cancel"),
    ("/work-orders/WO-000001", "add_task"),
    ("/work-orders/WO-000001", "edit_order"),
    ("/work-orders/WO-000001", "take_parts"),
    ("/work-orders/WO-000001", "note_downtime"),
    ("/maintenance-plans", "plan_new"),
    ("/handover/cw-2026", "punch_raise"),
    ("/alerts", "about_alert-ask"),
    ("/alerts", "shelve-ask"),
    ("/people", "person_add"),
    ("/people", "person_grant-ada"),
    ("/system", "device_token_issue"),
)


@pytest.mark.long
@pytest.mark.needs("chromium", "npm")
@pytest.mark.usefixtures("lived_plant")
def test_no_sheet_breaks_a_rule_of_accessibility(console: str, open_tab: OpenTab) -> None:
    tab = open_tab(console, width=1366)
    broken: list[str] = []
    for address, opener in SHEETS:
        tab.open(address)
        tab.page.wait_for_function(FILLED)
        tab.page.get_by_test_id(opener).first.click()
        tab.page.locator(".sheet").wait_for()
        for look, media in LOOKS.items():
            tab.page.emulate_media(**media)
            tab.page.wait_for_function(FOLLOWED, arg=media["color_scheme"] == "dark")
            found = axe.violations(tab.page, enhanced="contrast" in look)
            broken += [f"{opener}, {look}: {said}" for said in found]
    assert "\n".join(broken) == ""


# At its end the focus goes on to the browser's own bar, which a page knows as its body, and comes back.
FOCUS_IN_SHEET = "() => document.activeElement.matches('body, .q-dialog *')"
RING = "() => getComputedStyle(document.activeElement).outlineStyle"


@pytest.mark.needs("chromium")
@pytest.mark.usefixtures("sick_plant")
def test_the_keyboard_skips_to_the_content_and_a_sheet_keeps_the_focus_and_gives_it_back(
    console: str, open_tab: OpenTab
) -> None:
    tab = open_tab(console)
    tab.open("/alerts")
    page, opener = tab.page, tab.page.get_by_test_id("shelve-ask").first
    opener.wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.id === 'content'")
    opener.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert page.evaluate(RING) == "solid"
    page.keyboard.press("Enter")
    page.wait_for_function(FOCUS_IN_SHEET)
    for _ in range(12):
        page.keyboard.press("Tab")
        page.wait_for_function(FOCUS_IN_SHEET)  # what leaves it is brought back
    page.keyboard.press("Escape")
    page.locator(".sheet").wait_for(state="detached")
    expect(opener).to_be_focused()
