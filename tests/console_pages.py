"""Every page of the console, as a tour goes through them: for pictures, for accessibility, for what is untranslated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page


@dataclass(frozen=True, kw_only=True)
class ConsolePage:
    """A page: its name, its address with the tags of things in braces, and who sees it where not all who sign in do."""

    name: str
    address: str
    is_public: bool = False
    is_administration: bool = False

    def open(self, page: Page, base: str, things: Mapping[str, str]) -> None:
        """Open it at an address, the things filled in, and wait until it shows what it is for."""
        page.goto(base + self.address.format(**things))
        page.wait_for_load_state("networkidle")
        page.wait_for_function(FILLED)


def enter_demo(page: Page, base: str, sign_in: str) -> None:
    """Sign in to a demo by one click, as one of its people."""
    page.goto(f"{base}/login")
    page.get_by_test_id(f"demo-{sign_in}").click()
    page.locator("#content").wait_for()


FILLED = """
() => !document.querySelector(".bar") || (
  window.socket?.connected
  && ![...document.querySelectorAll("[data-loading]:empty")].some((one) => one.checkVisibility())
)
"""
"""True in a browser once a page shows what it is for: it comes as a frame, and is filled over its socket."""
PAGES = (
    ConsolePage(name="sign-in", address="/login", is_public=True),
    ConsolePage(name="overview", address="/"),
    ConsolePage(name="asset", address="/assets/{site}/{asset}"),
    ConsolePage(name="alerts", address="/alerts?state=all"),
    ConsolePage(name="orders", address="/work-orders?state=all"),
    ConsolePage(name="orders-board", address="/work-orders?view=board"),
    ConsolePage(name="orders-month", address="/work-orders?view=month"),
    ConsolePage(name="order", address="/work-orders/{order}"),
    ConsolePage(name="maintenance-plans", address="/maintenance-plans"),
    ConsolePage(name="models", address="/models"),
    ConsolePage(name="model", address="/models/{site}/{asset}"),
    ConsolePage(name="figures", address="/figures"),
    ConsolePage(name="search", address="/search?q=bearing"),
    ConsolePage(name="telemetry", address="/telemetry"),
    ConsolePage(name="quarantine", address="/quarantine"),
    ConsolePage(name="engineering", address="/engineering"),
    ConsolePage(name="notices", address="/notices"),
    ConsolePage(name="handover", address="/handover"),
    ConsolePage(name="project", address="/handover/{project}"),
    ConsolePage(name="certificate", address="/handover/{project}/certificate"),
    ConsolePage(name="review", address="/handover/{project}/review"),
    ConsolePage(name="warranty", address="/warranty"),
    ConsolePage(name="ledger", address="/ledger"),
    ConsolePage(name="register", address="/register"),
    ConsolePage(name="people", address="/people", is_administration=True),
    ConsolePage(name="system", address="/system", is_administration=True),
    ConsolePage(name="account", address="/account"),
    ConsolePage(name="labels", address="/labels"),
    ConsolePage(name="machine", address="/at/{site}/{asset}"),
    ConsolePage(name="missing", address="/no-such-page"),
)
