"""The work orders: as a list, as a board by state, as a month or a week; what is asked for stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import cast
from zoneinfo import ZoneInfo

from nicegui import run
from nicegui.element import Element

from api.console.components.elements import box, heading, link, mark, press, words
from api.console.components.frame import empty, filling, framed
from api.console.components.lists.exporting import export_button
from api.console.components.lists.filters import Filters, Pages
from api.console.components.lists.reading import ListReading
from api.console.components.orders.calendar import CalendarDays, Month, Span, entries, show_calendar
from api.console.components.orders.order_rows import show_board, show_rows
from api.console.texts.order_contents import ORDER_CONTENT_TEXTS
from api.console.texts.texts import TEXTS, month
from api.console.visit import Visit
from api.parts import Parts
from plant.errors import AssetloopError
from plant.orders.maintenance_plan import KeptPlan
from plant.orders.rules import WorkType
from plant.work_order import OrderState, states_called
from storage.identity import people
from storage.orders.maintenance_plans import list_plans
from storage.views.order_list import (
    ListedOrder,
    OrderChoices,
    OrderSort,
    board_of_orders,
    order_choices,
    page_of_orders,
)
from storage.work.orders import OrderFilter

_SIZE, _A_COLUMN, _A_MONTH = 50, 30, 1000
_VIEWS = ("list", "board", "month", "week")
_SORTS = ("newest", "due", "priority", "asset")
_ASKED = ("text", "site", "team", "assignee", "priority", "work_type", "overdue", "warranty", "asset")
_ME = "me"


@dataclass(frozen=True, kw_only=True, slots=True)
class OrdersFound:
    """What the page shows: orders, and in a calendar the days with what is due."""

    orders: list[ListedOrder]
    days: CalendarDays | None = None
    month: Month | None = None


async def show(visit: Visit) -> None:
    """Draw the page."""
    await visit.settle()
    with framed(visit, visit.t("orders")):
        try:
            choices = await run.io_bound(_choices, visit.parts)
        except AssetloopError:
            choices = None
        page = OrderListPage(visit, choices or OrderChoices(teams={}, people={}, sites={}, zones={}))
        await page.reading.begin()


class OrderListPage:
    """The page's middle; read again when an order has changed, or something else is asked for."""

    def __init__(self, visit: Visit, choices: OrderChoices) -> None:
        self._visit, self._choices = visit, choices
        self._filters = Filters(visit, state="open", sort="newest", view="list")
        self.reading = ListReading(
            visit, read=self._read, show=self._show, seen=lambda counts: counts.orders_changed_at
        )
        with box("spread"):
            heading(visit.t("orders"))
            with box("line"):
                self._views()
                export_button(visit, "work-orders", self._asked)
                with link("/maintenance-plans", "button quiet", testid="plans"):
                    words(visit.t("maintenance_plans"))
        with box("filters", testid="filters"):
            self._fields()
        self._turning = box("spread turning")
        self._nothing = box("card", testid="nothing")
        self._room = filling(visit, box("", testid="orders"))
        self._pages = Pages(visit, self._filters, size=_SIZE)
        self._filters.on_change = self.reading.again
        self._lay_out()

    @property
    def _view(self) -> str:
        said = self._filters.of("view")
        return said if said in _VIEWS else "list"

    def _views(self) -> None:
        with box("choice"):
            self._buttons: dict[str, Element] = {}
            for view in _VIEWS:
                with mark(box("", tag="button"), f"view-{view}") as self._buttons[view]:
                    words(self._visit.t(f"view_{view}"))
                self._buttons[view].on("click", partial(self._choose, view))

    async def _choose(self, view: str) -> None:
        self._filters.put("view", view)
        self._lay_out()
        await self.reading.again()

    def _lay_out(self) -> None:
        """Show what belongs to this view: only a list has states, an order and pages."""
        view = self._view
        for one, button in self._buttons.items():
            press(button, is_here=one == view)
        for field in (self._state, self._sort):
            field.set_visibility(view == "list")
        self._pages.set_visibility(view == "list")
        self._room.classes(replace="card list order-list" if view == "list" else "")

    def _fields(self) -> None:
        visit, ask, choices = self._visit, self._filters, self._choices
        ask.text("text", "find_order").classes("wide-field")
        states = {"open": TEXTS["show_open"], "all": TEXTS["show_all"], "waits": TEXTS["state_waits"]}
        self._state = ask.choice("state", {**states, **{one.value: TEXTS[f"state_{one.value}"] for one in OrderState}})
        ask.choice("team", choices.teams)
        ask.choice("assignee", {_ME: TEXTS["only_mine"], **choices.people})
        ask.choice("priority", {str(one): (str(one), "") for one in range(1, 6)})
        ask.choice("work_type", {one.value: ORDER_CONTENT_TEXTS[f"worktype_{one.value}"] for one in WorkType})
        if len(choices.sites) > 1:
            ask.choice("site", choices.sites)
        self._sort = ask.choice("sort", {one: TEXTS[f"order_sort_{one}"] for one in _SORTS})
        ask.tick("overdue", "overdue")
        ask.tick("warranty", "in_warranty")
        asset = ask.of("asset")
        if asset is not None:
            with mark(box("button quiet", tag="button"), "asset-asked") as button:
                words(f"{visit.t('asset')}: {asset} ×")
            button.on("click", partial(self._ask_for_all, button))

    async def _ask_for_all(self, button: Element) -> None:
        button.delete()
        await self._filters.put("asset", "")

    def _wanted(self, parts: Parts, days: CalendarDays | None) -> OrderFilter:
        ask = self._filters
        is_list = self._view == "list"
        priority, work_type = ask.of("priority"), ask.of("work_type")
        return OrderFilter(
            states=states_called((ask.of("state") or "open") if is_list else "all" if days else "open"),
            text=ask.of("text"),
            site=ask.of("site"),
            team=ask.of("team"),
            work_type=WorkType(work_type) if work_type else None,
            asset=ask.of("asset"),
            in_warranty=bool(ask.of("warranty")),
            assignee=self._me(parts) if ask.of("assignee") == _ME else ask.of("assignee"),
            priority=int(priority) if priority else None,
            overdue_at=parts.clock.now() if ask.of("overdue") else None,
            due_from=days.since if days else None,
            due_to=days.until if days else None,
        )

    def _asked(self) -> Mapping[str, str | None]:
        """Say what is shown in the words of the API."""
        asked: dict[str, str | None] = {key: self._filters.of(key) for key in (*_ASKED, "state")}
        if self._view != "list":
            asked["state"] = "open" if self._view == "board" else "all"
        if asked["assignee"] == _ME:
            asked["assignee"] = self._me(self._visit.parts)
        ticked = {"overdue": asked["overdue"], "in_warranty": asked.pop("warranty")}
        return asked | {key: "true" if is_ticked else None for key, is_ticked in ticked.items()}

    def _me(self, parts: Parts) -> str:
        with parts.database.transaction() as tx:
            me = people.by_id(tx, self._visit.principal.person_id) if self._visit.principal.person_id else None
        return me.sign_in if me else ""

    def _days(self, parts: Parts) -> CalendarDays:
        zone = ZoneInfo(next(iter(self._choices.zones.values()), "UTC"))
        today = parts.clock.now().astimezone(zone).date()
        try:
            asked = date.fromisoformat(self._filters.of("day") or "")
        except ValueError:
            asked = today
        asked = asked if 1970 < asked.year < 2200 else today
        return CalendarDays.around(asked, cast("Span", self._view))

    def _read(self, parts: Parts) -> OrdersFound:
        view = self._view
        days = self._days(parts) if view in {"month", "week"} else None
        wanted = self._wanted(parts, days)
        with parts.database.transaction() as tx:
            if days is not None:
                listed = page_of_orders(tx, wanted, most=_A_MONTH, sort="priority")
                month = entries(listed, self._plans(list_plans(tx, site=wanted.site)), self._choices.zones, days)
                return OrdersFound(orders=listed, days=days, month=month)
            if view == "board":
                return OrdersFound(orders=board_of_orders(tx, wanted, most=_A_COLUMN))
            sort = cast("OrderSort", self._filters.of("sort") or "newest")
            return OrdersFound(orders=page_of_orders(tx, wanted, most=_SIZE, skip=self._pages.skip, sort=sort))

    def _plans(self, kept: list[KeptPlan]) -> list[KeptPlan]:
        """Leave out the plans that are not asked for; plans are given to teams, and nothing planned is overdue."""
        ask = self._filters
        if ask.of("assignee") or ask.of("overdue") or ask.of("warranty"):
            return []
        team, work_type, text, asset = (ask.of(key) for key in ("team", "work_type", "text", "asset"))
        return [
            one
            for one in kept
            if team in (None, one.plan.team)
            and work_type in (None, one.plan.work_type.value)
            and asset in (None, one.plan.asset)
            and (text or "").lower() in f"{one.plan.asset} {one.plan.name} {one.plan.name_zh}".lower()
        ]

    def _show(self, found: OrdersFound) -> None:
        visit = self._visit
        is_list = self._view == "list"
        self._nothing.clear()
        self._nothing.set_visibility(is_list and not found.orders)
        self._room.set_visibility(not is_list or bool(found.orders))
        self._turn(found.days)
        if found.days is not None and found.month is not None:
            show_calendar(visit, self._room, found.days, found.month)
        elif not is_list:
            show_board(visit, self._room, found.orders)
        else:
            show_rows(visit, self._room, found.orders)
            self._pages.show(len(found.orders), found.orders[0].total if found.orders else 0)
            if not found.orders:
                with self._nothing:
                    self._say_nothing()

    def _say_nothing(self) -> None:
        visit, state = self._visit, self._filters.of("state")
        if state in {"open", "all"} and not any(self._filters.of(key) for key in (*_ASKED, "page")):
            empty(visit.t("no_orders_all" if state == "all" else "no_orders"), "assignment_turned_in")
        else:
            empty(visit.t("no_orders_asked"), "assignment_turned_in", visit.t("no_alerts_asked_hint"))

    def _turn(self, days: CalendarDays | None) -> None:
        visit = self._visit
        self._turning.clear()
        self._turning.set_visibility(days is not None)
        if days is None:
            return
        with self._turning:
            shown = f"{days.first} – {days.last}" if days.span == "week" else month(visit.language, days.asked)
            words(shown, "strong figures")
            with box("line"):
                for key, day in (("page_before", days.beside(-1)), ("today", None), ("page_after", days.beside(1))):
                    with mark(box("button quiet", tag="button"), f"turn-{key}") as button:
                        words(visit.t(key))
                    button.on("click", partial(self._filters.put, "day", day.isoformat() if day else ""))


def _choices(parts: Parts) -> OrderChoices:
    with parts.database.transaction() as tx:
        return order_choices(tx)
