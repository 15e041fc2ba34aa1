"""The console tried as each of the four kinds of user, clicks and seconds counted, on a demo that runs.

`python -m tests.trials http://127.0.0.1:8080` prints a table a person; docs/trials.md says what was made of it. Seconds
are those that the product takes, from the first click to what the task wants to see: a person's reading comes on top.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import Error

from tests.chromium import launched
from tests.console_pages import enter_demo

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_FILE = Path(__file__).parents[1] / "service" / "demo" / "plant.toml"


@dataclass
class Walk:
    """Somebody at a page: what they press and type is counted."""

    page: Page
    base: str
    clicks: int = 0
    keys: int = 0

    def press(self, testid: str, *, within: str = "body") -> None:
        self.page.locator(within).get_by_test_id(testid).first.click()
        self.clicks += 1

    def words(self, said: str) -> None:
        self.page.get_by_text(said).first.click()
        self.clicks += 1

    def way(self, name: str) -> None:
        self.page.locator("nav").get_by_role("link", name=name).first.click()
        self.clicks += 1

    def choose(self, testid: str, option: str) -> None:
        self.press(testid)
        self.page.get_by_role("option", name=option).first.click()
        self.clicks += 1

    def type(self, testid: str, said: str) -> None:
        field = self.page.get_by_test_id(testid).first
        field.fill(said)
        self.keys += len(said)

    def see(self, said: str) -> None:
        self.page.get_by_text(said).first.wait_for()

    def seeing(self, testid: str) -> None:
        self.page.get_by_test_id(testid).first.wait_for()


Task = tuple[str, Callable[[Walk], None]]


def _acknowledge(walk: Walk) -> None:
    walk.way("Alerts")
    walk.press("acknowledge-ask")
    walk.type("comment", "seen, the pump runs on")
    walk.press("acknowledge", within=".sheet")
    walk.see("Active, acknowledged")


def _shelve(walk: Walk) -> None:
    walk.way("Alerts")
    walk.press("shelve-ask")
    walk.type("reason", "probe is being exchanged")
    walk.press("shelve", within=".sheet")
    walk.page.locator(".sheet").wait_for(state="detached")


def _report(walk: Walk) -> None:
    walk.page.goto(f"{walk.base}/at/demo/C-202")
    walk.press("report")
    walk.type("what", "oil below the compressor")
    walk.choose("failure-mode", "External leakage, process medium")
    walk.press("report_do")
    walk.page.wait_for_url("**/work-orders/WO-*")
    walk.see("oil below the compressor")


def _out_of_service(walk: Walk) -> None:
    walk.way("Overview")
    walk.press("asset-F-403")
    walk.press("take_out-ask")
    walk.press("take_out", within=".sheet")
    walk.seeing("put_back-ask")


OPERATIONS: tuple[Task, ...] = (
    ("What is wrong now, and who has it?", lambda walk: walk.seeing("areas")),
    ("Take note of the worst alert", _acknowledge),
    ("Put one aside for two hours, and say why", _shelve),
    ("Report a leak from the page behind the machine's label", _report),
    ("Take a fan out of service", _out_of_service),
    ("Find what was written about bearings", lambda walk: _search(walk, "bearing")),
)


def _search(walk: Walk, said: str) -> None:
    walk.page.keyboard.press("/")
    walk.page.keyboard.type(said)
    walk.page.keyboard.press("Enter")
    walk.keys += len(said) + 2
    walk.page.wait_for_url("**/search?q=*")
    walk.page.locator("[data-testid=found], [data-testid=found-thing]").first.wait_for()


def _my_order(walk: Walk) -> None:
    walk.way("Overview")
    walk.press("call-WO-000001")
    walk.seeing("shares")


def _work(walk: Walk) -> None:
    for step in ("step_start", "step_complete"):
        walk.press(step, within="[data-testid=steps]")
        walk.press(step, within=".sheet")
        walk.page.locator(".sheet").wait_for(state="detached")


def _book(walk: Walk) -> None:
    walk.press("book", within="[data-testid=steps]")
    walk.type("hours_spent", "1.5")
    walk.press("book_do", within=".sheet")
    walk.see("1.50 h")


def _close(walk: Walk) -> None:
    walk.press("step_close", within="[data-testid=steps]")
    for field, option in (("outcome", "Confirmed"), ("cause", "Expected wear and tear"), ("action", "Replace")):
        walk.choose(field, option)
    walk.press("close_do", within=".sheet")
    walk.seeing("closing")
    walk.press("lesson_keep_do", within=".sheet")
    walk.page.locator(".sheet").wait_for(state="detached")


def _compare(walk: Walk) -> None:
    walk.page.goto(f"{walk.base}/assets/demo/P-101")
    walk.seeing("trend-chart")
    walk.choose("trend-compare", "P-102")
    walk.page.get_by_test_id("trend-chart").get_by_text("P-102").first.wait_for()


MAINTENANCE: tuple[Task, ...] = (
    ("Which order is the most urgent, and what shows it?", _my_order),
    ("Start the work and say that it is done", _work),
    ("Book an hour and a half", _book),
    ("Close it with its codes, and keep the lesson", _close),
    ("Find what was learnt, on the next of its kind", lambda walk: _search(walk, "bearing")),
    ("Compare with the machine beside it", _compare),
)


def _gate(walk: Walk) -> None:
    walk.way("Handover")
    walk.press("project-riverside-2")
    walk.seeing("gates")


def _punch(walk: Walk) -> None:
    walk.press("punch_raise")
    walk.type("punch-text", "guard of the coupling is loose")
    walk.press("punch_keep", within=".sheet")
    walk.see("guard of the coupling is loose")


def _request(walk: Walk) -> None:
    walk.way("Engineering")
    walk.see("Hydra Pumpen")


def _file(walk: Walk) -> None:
    walk.way("Register")
    walk.page.locator("[data-testid=import-file] input").set_input_files(_FILE)
    walk.clicks += 1
    walk.page.locator("[data-testid^=import-plant]").first.wait_for()


def _verify(walk: Walk) -> None:
    walk.way("Ledger")
    walk.press("verify-riverside")
    walk.see("verify")


PROJECT: tuple[Task, ...] = (
    ("What does the next project want next, and from whom?", _gate),
    ("Raise a punch", _punch),
    ("What was asked of engineering, and did the change help?", _request),
    ("Send a register file and see what it would change", _file),
    ("Verify what was signed", _verify),
)


def _stranger(walk: Walk) -> None:
    walk.way("Quarantine")
    walk.press("approve-demo/P-109")
    walk.choose("choose-class", "Centrifugal pump")
    walk.press("approve_asset", within=".sheet")
    walk.see("replayed")


def _token(walk: Walk) -> None:
    walk.press("account")
    walk.type("token-name", "a script")
    walk.press("token_issue")
    walk.seeing("token-shown")


def _payload(walk: Walk) -> None:
    walk.way("Quarantine")
    walk.words("Not JSON")
    walk.see("{oops")
    walk.page.keyboard.press("Escape")
    walk.keys += 1


def _live(walk: Walk) -> None:
    walk.way("Overview")
    walk.press("asset-M-301")
    walk.page.get_by_test_id("trend-chart-numbers").locator("summary").click()
    walk.clicks += 1
    walk.page.locator(".numbers td").first.wait_for()


def _arrives(walk: Walk) -> None:
    walk.way("Telemetry")
    walk.seeing("deliveries")


DEVELOPER: tuple[Task, ...] = (
    ("Does what the simulators send arrive?", _arrives),
    ("Which payload was not understood, and why?", _payload),
    ("Take a device into the register that nobody knew", _stranger),
    ("Get a token to call the API with", _token),
    ("See a machine's signals live, and their numbers", _live),
)


KINDS = {
    "ana": ("Operations", OPERATIONS),
    "li.wei": ("Maintenance engineer", MAINTENANCE),
    "jonas": ("Project engineer", PROJECT),
    "amara": ("Developer with simulators", DEVELOPER),
}


def main(base: str, *only: str) -> None:
    """Walk all, or those that are named."""
    with launched() as browser:
        for sign_in, (kind, tasks) in KINDS.items():
            if sign_in == "li.wei":
                _approve(browser, base)
            if not only or sign_in in only:
                _walk(browser, base, sign_in, kind, tasks)


def _approve(browser: Browser, base: str) -> None:
    """Approve the demo's order as its supervisor, where that is still to be done: maintenance may not."""
    page = _signed_in(browser, base, "amara")
    page.goto(f"{base}/work-orders/WO-000001")
    page.get_by_test_id("steps").wait_for()
    if page.get_by_test_id("steps").get_by_test_id("step_approve").count():
        page.get_by_test_id("steps").get_by_test_id("step_approve").click()
        page.locator(".sheet").get_by_test_id("step_approve").click()
        page.get_by_test_id("step_start").first.wait_for()
    page.context.close()


def _signed_in(browser: Browser, base: str, sign_in: str) -> Page:
    context = browser.new_context(locale="en-US", timezone_id="Asia/Shanghai", viewport={"width": 1366, "height": 768})
    page = context.new_page()
    enter_demo(page, base, sign_in)
    return page


def _walk(browser: Browser, base: str, sign_in: str, kind: str, tasks: tuple[Task, ...]) -> None:
    page = _signed_in(browser, base, sign_in)
    sys.stdout.write(f"\n{kind}\n\n| task | clicks | keys | s |\n| --- | --- | --- | --- |\n")
    for said, task in tasks:
        walk, began = Walk(page, base), time.monotonic()
        try:
            task(walk)
            took = f"{time.monotonic() - began:.1f}"
        except Error as error:
            took = f"stuck: {str(error).splitlines()[0][:120]}"
            page.keyboard.press("Escape")
        sys.stdout.write(f"| {said} | {walk.clicks} | {walk.keys} | {took} |\n")
        sys.stdout.flush()
    page.context.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
