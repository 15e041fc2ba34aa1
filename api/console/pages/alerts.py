"""The alerts: what happens together is one row with its likely root; filtered, sorted, by the page, many at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nicegui import run, ui

from api.console.components.alarms import sheets
from api.console.components.alarms.rows import AlertRows
from api.console.components.elements import box, heading, words
from api.console.components.forms import offer
from api.console.components.frame import empty, filling, framed
from api.console.components.lists.exporting import export_button
from api.console.components.lists.filters import Filters, Pages
from api.console.components.lists.reading import ListReading
from api.console.texts.texts import TEXTS
from api.console.visit import Visit
from api.parts import Parts
from plant.alert import Alert, AlertState
from plant.errors import AssetloopError
from plant.finding import FindingKind
from plant.people.rights import Right
from plant.severity import Severity
from storage.views.alert_list import AlertFilter, AlertPage, AlertPlace, page_of_alerts, places

_SIZE = 50
_SORTS = ("newest", "severity", "times", "asset")
_ASKED = ("site", "area", "severity", "kind", "text", "asset")


async def show(visit: Visit) -> None:
    """Draw the page."""
    await visit.settle()
    with framed(visit, visit.t("alerts")):
        head = box("spread")
        with head:
            heading(visit.t("alerts"))
        try:
            found = await run.io_bound(_places, visit.parts)
        except AssetloopError:
            found = []
        page = AlertListPage(visit, found or [])
        with head:
            export_button(visit, "alerts", page.asked)
        await page.reading.begin()


class AlertListPage:
    """The page's middle; read again when an alert has changed, or something else is asked for."""

    def __init__(self, visit: Visit, found: list[AlertPlace]) -> None:
        self._visit = visit
        self.reading = ListReading(
            visit, read=self._read, show=self._show, seen=lambda counts: counts.alerts_changed_at
        )
        self._filters = Filters(visit, state="open", sort="newest")
        with box("filters", testid="filters"):
            self._fields(found)
        self._bulk = box("bulk", testid="bulk")
        self._nothing = box("card", testid="nothing")
        room = filling(visit, box("card list alert-list", testid="alerts"))
        self._rows = AlertRows(visit, room, on_done=self.reading.again, on_choice=self._chosen)
        self._room = room
        self._pages = Pages(visit, self._filters, size=_SIZE)
        self._filters.on_change = self.reading.again

    def _fields(self, found: list[AlertPlace]) -> None:
        ask = self._filters
        ask.text("text", "find_text").classes("wide-field")
        states = {"open": TEXTS["alert_state_open"], "all": TEXTS["alert_state_all"]}
        ask.choice("state", {**states, **{one.value: TEXTS[f"alert_{one.value}"] for one in AlertState}})
        ask.choice("severity", {one.value: TEXTS[f"severity_{one.value}"] for one in Severity})
        ask.choice("kind", {one.value: TEXTS[f"kind_{one.value}"] for one in FindingKind})
        sites = {one.site: (one.name or one.site, one.name_zh) for one in found}
        if len(sites) > 1:
            ask.choice("site", sites)
        areas = {one.area: (one.area, "") for one in found if one.area}
        if areas:
            ask.choice("area", areas)
        ask.choice("sort", {one: TEXTS[f"sort_{one}"] for one in _SORTS})

    def _chosen(self) -> None:
        visit, chosen = self._visit, self._rows.chosen
        self._bulk.clear()
        self._bulk.set_visibility(bool(chosen))
        if chosen:
            with self._bulk:
                words(visit.t("selected", count=len(chosen)), "strong")
                self._bulk_acts()

    def _bulk_acts(self) -> None:
        visit = self._visit
        offer(visit, "acknowledge", self._note_all, testid="bulk-acknowledge")
        offer(visit, "shelve", self._shelve_all, testid="bulk-shelve", is_quiet=True)
        offer(visit, "select_shown", self._choose_all, testid="bulk-all", is_quiet=True)
        offer(visit, "select_none", lambda: self._rows.choose(set()), testid="bulk-none", is_quiet=True)

    def _choose_all(self) -> None:
        self._rows.choose_all()

    def _note_all(self) -> None:
        waiting = self._those(Right.ACKNOWLEDGE, (one for one in self._rows.chosen if not one.flags.acknowledged))
        if waiting:
            sheets.ask_notes(self._visit, waiting, self._all_done)

    def _shelve_all(self) -> None:
        standing = self._those(Right.SHELVE_ALERTS, (one for one in self._rows.chosen if one.flags.is_open))
        if standing:
            sheets.ask_shelvings(self._visit, standing, self._all_done)

    def _those(self, right: Right, alerts: Iterable[Alert]) -> list[Alert]:
        those = [one for one in alerts if self._visit.may(right, one.site)]
        if not those:
            ui.notify(self._visit.t("bulk_nothing"), type="warning")
        return those

    async def _all_done(self) -> None:
        self._rows.choose(set())
        await self.reading.again()

    def _read(self, parts: Parts) -> AlertPage:
        with parts.database.transaction() as tx:
            return page_of_alerts(tx, self._wanted(), now=parts.clock.now(), most=_SIZE, skip=self._pages.skip)

    def _wanted(self) -> AlertFilter:
        ask = self._filters
        said: dict[str, Any] = {key: ask.of(key) for key in _ASKED}
        return AlertFilter(state=ask.of("state") or "open", sort=ask.of("sort") or "newest", **said)

    def asked(self) -> Mapping[str, str | None]:
        """Say what is shown in the words of the API."""
        return {key: self._filters.of(key) for key in (*_ASKED, "state")}

    def _show(self, page: AlertPage) -> None:
        self._nothing.clear()
        self._nothing.set_visibility(not page.groups)
        self._room.set_visibility(bool(page.groups))
        if not page.groups:
            with self._nothing:
                self._say_nothing()
        self._rows.show(page.groups)
        self._pages.show(len(page.groups), page.total)

    def _say_nothing(self) -> None:
        visit, state = self._visit, self._filters.of("state")
        if state in {"open", "all"} and not any(self._filters.of(key) for key in (*_ASKED, "page")):
            empty(visit.t("no_alerts_all" if state == "all" else "no_alerts"), "notifications_none")
        else:
            empty(visit.t("no_alerts_asked"), "notifications_none", visit.t("no_alerts_asked_hint"))


def _places(parts: Parts) -> list[AlertPlace]:
    with parts.database.transaction() as tx:
        return places(tx)
