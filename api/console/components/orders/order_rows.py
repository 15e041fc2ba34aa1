"""Orders as rows of a list and as cards of a board, one column a state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from nicegui.element import Element

from api.console.components.elements import at_site, box, chip, link, mark, moment, words, zone
from api.console.components.orders.warranty import warranty_chip
from api.console.texts.texts import named
from api.console.visit import Visit
from plant.work_order import WorkOrder
from storage.views.order_list import ListedOrder

COLUMNS = ("WAPPR", "APPR", "waits", "INPRG", "COMP")


def show_rows(visit: Visit, room: Element, listed: Sequence[ListedOrder]) -> None:
    """Draw the list."""
    now = visit.parts.clock.now()
    room.clear()
    with room:
        _head(visit)
        for one in listed:
            _row(visit, one, now)


def _head(visit: Visit) -> None:
    with box("entry head"):
        for key in ("order", "asset", "work", "state"):
            words(visit.t(key))
        with box("line"):
            words(visit.t("due"))
            zone()
        words(visit.t("acknowledged"), "late")


def _row(visit: Visit, one: ListedOrder, now: datetime) -> None:
    order = one.order
    with at_site(link(f"/work-orders/{order.number}", "entry", testid=f"order-{order.number}"), order.site):
        with box():
            words(order.number, "tag")
            words(f"{visit.t('priority')} {order.priority}", "small muted")
        with box("wide"):
            words(order.asset, "strong clip")
            words(_where(visit, one), "small muted clip")
        with box("wide"):
            words(what(visit, order), "strong clip")
            with box("line small muted"):
                words(visit.word("worktype", order.work_type.value))
                _who(visit, order)
        with box("standing"):
            chip(visit.word("state", order.state.value), "accent" if order.state.is_open else "plain")
            if order.is_overdue(now):
                mark(chip(visit.t("overdue"), "alarm"), "overdue")
            warranty_chip(visit, one.warranty_until)
        with box("since"):
            moment(order.requested_finish)
        with box("late"):
            _noted(visit, one)


def what(visit: Visit, order: WorkOrder) -> str:
    """Say in a line what is to be done: the failure mode, or the title of what is planned or reported."""
    if order.failure_mode and order.evidence.get("source") != "report":
        return visit.mode(order)
    return order.title or visit.word("worktype", order.work_type.value)


def _who(visit: Visit, order: WorkOrder) -> None:
    who = " · ".join(part for part in (order.assignee_name, order.team) if part)
    words(who or visit.t("nobody_yet"), "clip")


def _where(visit: Visit, one: ListedOrder) -> str:
    name = named(visit.language, one.name, one.name_zh)
    return " · ".join(part for part in ("" if name == one.order.asset else name, one.area) if part)


def _noted(visit: Visit, one: ListedOrder) -> None:
    order = one.order
    if order.acknowledged_at is None:
        chip(visit.t("not_acknowledged"), "alarm" if order.state.is_open else "plain")
        return
    words(visit.who(order.acknowledged_by or "", one.acknowledged_recognised), "clip strong")
    moment(order.acknowledged_at).classes("small muted")


def show_board(visit: Visit, room: Element, listed: Sequence[ListedOrder]) -> None:
    """Draw the board; a column says how many there are, also of those that it does not show."""
    now = visit.parts.clock.now()
    room.clear()
    with room, box("board"):
        for column in COLUMNS:
            here = [one for one in listed if column_of(one.order) == column]
            with box("lane", testid=f"column-{column}"):
                with box("spread"):
                    words(visit.t("state_waits") if column == "waits" else visit.word("state", column), "strong")
                    words(str(here[0].total if here else 0), "count")
                for one in here:
                    _card(visit, one, now)
                if here and here[0].total > len(here):
                    with link(f"/work-orders?state={column}", "plain-link small"):
                        words(visit.t("more_of_them", count=here[0].total - len(here)))


def column_of(order: WorkOrder) -> str:
    """Return the column of the board in which an order stands."""
    return "waits" if order.state.is_waiting else order.state.value


def _card(visit: Visit, one: ListedOrder, now: datetime) -> None:
    order = one.order
    tone = "alarm" if order.is_overdue(now) else "plain"
    with at_site(link(f"/work-orders/{order.number}", f"call tone-{tone}", testid=f"card-{order.number}"), order.site):
        with box("spread"):
            words(order.asset, "tag clip")
            words(f"P{order.priority}", "small strong")
        words(what(visit, order), "clip")
        with box("line small muted"):
            words(order.number)
            _who(visit, order)
        with box("line small muted"):
            moment(order.requested_finish)
            if order.is_overdue(now):
                words(visit.t("overdue"), "alarming")
        warranty_chip(visit, one.warranty_until)
