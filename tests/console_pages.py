"""Every page of the console, as a tour goes through them: for pictures, for accessibility, for what is untranslated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ConsolePage:
    """A page: its name, its address with the tags of things in braces, and whether it is seen without signing in."""

    name: str
    address: str
    is_public: bool = False

    def at(self, things: Mapping[str, str]) -> str:
        """Return the address, the things filled in."""
        return self.address.format(**things)


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
    ConsolePage(name="people", address="/people"),
    ConsolePage(name="account", address="/account"),
    ConsolePage(name="labels", address="/labels"),
    ConsolePage(name="machine", address="/at/{site}/{asset}"),
    ConsolePage(name="missing", address="/no-such-page"),
)
