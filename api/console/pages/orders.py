"""The list of work orders; new ones appear by themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from nicegui import ui
from nicegui.element import Element

from api.console.components.elements import box, chip, heading, link, mark, moment, words, zone
from api.console.components.forms import choice
from api.console.components.frame import empty, framed
from api.console.texts.texts import named
from api.console.visit import Visit, changed
from api.console.watch import Picture
from plant.work_order import OrderState, WorkOrder

_MOST = 100
_LEADING = 3
Listed = tuple[WorkOrder, str, str]  # an order, its asset's name, its leading signals


async def show(visit: Visit) -> None:
    """Draw the page."""
    await visit.settle()
    with framed(visit, visit.t("orders")):
        with box("spread"):
            heading(visit.t("orders"))
            every = OpenOrAll(visit)
        narrowing = Narrowing(visit)
        rows = box("card list orders", testid="orders")
        follower = changed(
            partial(_rows, visit, rows, every),
            lambda picture: (every.show_all, narrowing.of(_listed(visit, picture), picture.at)),
        )
        every.on_change = narrowing.on_change = lambda: follower(visit.watch.look())
        visit.follow(follower)


class OpenOrAll:
    """The switch between what stands open and everything."""

    def __init__(self, visit: Visit) -> None:
        self.show_all = False
        self.on_change: Callable[[], None] = _nothing
        with box("choice"):
            self._buttons = {every: box("" if every else "here", tag="button") for every in (False, True)}
        for every, button in self._buttons.items():
            with button:
                words(visit.t("show_all" if every else "show_open"))
            button.on("click", partial(self._choose, every))

    def _choose(self, show_all: bool) -> None:
        self.show_all = show_all
        for every, button in self._buttons.items():
            button.classes(add="here" if every == show_all else "", remove="" if every == show_all else "here")
        self.on_change()


class Narrowing:
    """Which orders are shown: those in one state, of one team, given to who looks, or overdue."""

    def __init__(self, visit: Visit) -> None:
        self.on_change: Callable[[], None] = _nothing
        self._me = visit.principal.name
        self._visit = visit
        with box("fields"):
            states = {one.value: (visit.word("state", one.value), "") for one in OrderState}
            self._state = choice(visit, "state", states, None, "filter-state")
            self._team = choice(visit, "team", {}, None, "filter-team")
            self._mine = mark(ui.checkbox(visit.t("only_mine")), "filter-mine")
            self._overdue = mark(ui.checkbox(visit.t("overdue")), "filter-overdue")
        for field in (self._state, self._team):
            field.props("clearable")
            field.on_value_change(self._changed)
        for box_ in (self._mine, self._overdue):
            box_.on_value_change(self._changed)

    def _changed(self) -> None:
        self.on_change()

    def of(self, listed: Sequence[Listed], now: datetime | None) -> tuple[Listed, ...]:
        """Return what is wanted of a list."""
        teams = sorted({one[0].team for one in listed if one[0].team})
        if list(self._team.options) != teams:
            self._team.set_options({team: team for team in teams})
        return tuple(one for one in listed if self._wants(one[0], now))

    def _wants(self, order: WorkOrder, now: datetime | None) -> bool:
        return (
            self._state.value in (None, order.state.value)
            and self._team.value in (None, order.team)
            and (not self._mine.value or order.assignee_name == self._me)
            and (not self._overdue.value or (now is not None and order.is_overdue(now)))
        )


def _nothing() -> None:
    return


def _listed(visit: Visit, picture: Picture) -> tuple[Listed, ...]:
    return tuple(
        (order, visit.name(picture.asset(order.site, order.asset)), _leading(visit, picture, order))
        for order in picture.orders
    )


def _rows(visit: Visit, rows: Element, every: OpenOrAll, found: tuple[bool, Sequence[Listed]]) -> None:
    show_all, listed = found
    shown = [one for one in listed if show_all or one[0].state.is_open][:_MOST]
    rows.clear()
    with rows:
        if not shown:
            empty(visit.t("no_orders_all" if every.show_all else "no_orders"), "assignment_turned_in")
            return
        _head(visit)
        for order, asset_name, leading in shown:
            _row(visit, order, asset_name, leading)


def _head(visit: Visit) -> None:
    with box("entry head"):
        for key in ("order", "asset", "finding", "severity", "state"):
            words(visit.t(key), "late" if key == "state" else "")
        with box("line"):
            words(visit.t("raised"))
            zone()
        words(visit.t("acknowledged"), "late")


def _row(visit: Visit, order: WorkOrder, asset_name: str, leading: str) -> None:
    with link(f"/work-orders/{order.number}", "entry", testid=f"order-{order.number}"):
        words(order.number, "tag")
        with box("wide"):
            words(order.asset, "strong clip")
            words(asset_name, "small muted clip")
        with box("wide"):
            words(visit.mode(order), "strong clip")
            words(leading, "small muted clip")
        chip(visit.word("severity", order.severity.value), order.severity.value).classes("right").style(
            "justify-self: start"
        )
        with box("late"):
            words(visit.word("state", order.state.value), "clip")
            if order.is_overdue(visit.parts.clock.now()):
                words(visit.t("overdue"), "small strong")
            if order.assignee_name or order.team:
                words(order.assignee_name or order.team or "", "small muted clip")
        moment(order.created_at)
        with box("late right"):
            if order.acknowledged_at is None:
                chip(visit.t("not_acknowledged"), "alarm")
            else:
                words(order.acknowledged_by or visit.t("acknowledged"), "clip strong")
                moment(order.acknowledged_at).classes("small muted")


def _leading(visit: Visit, picture: Picture, order: WorkOrder) -> str:
    """Name the signals that contribute most, with their shares."""
    said = []
    for one in (order.evidence.get("signals") or ())[:_LEADING]:
        names = picture.signal_names.get((order.asset_id, one["signal"]), (one["signal"], ""))
        said.append(f"{named(visit.language, *names)} {100 * (one['share'] or 0):.0f} %")
    return " · ".join(said)
