"""What an order costs, on its page: the sum, labour, parts from stock; and the time that its machine stood."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from nicegui import ui

from alerts.orders import bookings, downtime, stock
from api.console.components.elements import box, card, link, mark, moment, words
from api.console.components.forms import Act, choice, day_of, offer, remark, said, sheet, sheet_form
from api.console.components.instants import InstantField
from api.console.components.order_actions import decimal_of, is_amount, to_work_on
from api.console.order_evidence import OrderSpending
from api.console.texts.texts import named
from api.console.visit import Visit
from api.parts import Parts
from plant.orders.spending import Downtime, Labour, Part
from plant.people.rights import Right
from plant.work_order import WorkOrder

Done = Callable[[], Any]


def spending_card(visit: Visit, order: WorkOrder, spending: OrderSpending, on_done: Done) -> None:
    """Show what was spent, what of it has no price, and what is reserved; offer labour and parts to who may book."""
    spent = spending.spent
    with card(visit.t("spent")), box("lines", testid="spent"):
        for one in spent.costs:
            words(visit.t("spent_total", total=one.total, currency=one.currency), "strong figures")
            kinds = (("spent_parts", one.parts), ("spent_labour", one.labour), ("spent_other", one.other))
            words(" · ".join(visit.t(key, amount=amount) for key, amount in kinds if amount), "small muted")
        if spent.hours:
            words(visit.t("spent_hours", hours=_plain(spent.hours)), "small")
        elif not spent.costs:
            words(visit.t("spent_nothing"), "muted")
        if spent.unpriced_hours:
            words(visit.t("unpriced_hours", hours=_plain(spent.unpriced_hours)), "small")
        if spent.unpriced_parts:
            words(visit.t("unpriced_parts", count=spent.unpriced_parts), "small")
        for held in spending.reserved:
            words(visit.t("reserved_part", quantity=_plain(held.quantity), unit=held.unit, part=held.number), "small")
        if order.state.is_open and visit.may(Right.WORK_ON_ORDERS, order.site):
            with box("form"):
                offer(visit, "book_labour", partial(_ask_labour, visit, order, spending, on_done), is_quiet=True)
                offer(visit, "take_parts", partial(_ask_parts, visit, order, spending, on_done), is_quiet=True)


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def _ask_labour(visit: Visit, order: WorkOrder, spending: OrderSpending, on_done: Done) -> None:
    with sheet(f"{order.number}: {visit.t('book_labour')}") as dialog:
        if not spending.trades:
            words(visit.t("no_trades"), "muted")
            return
        trades = {one.tag: (one.name, one.name_zh) for one in spending.trades}
        with box("fields"):
            person = choice(visit, "assignee", spending.people, order.assignee, "labour-person")
            trade = choice(visit, "trade", trades, spending.trades[0].tag, "labour-trade")
            day = mark(ui.input(label=visit.t("worked_on"), value=spending.today.isoformat()), "labour-day")
            hours = mark(ui.input(label=visit.t("hours_spent")), "labour-hours")
        for field in (day, hours):
            field.props("outlined dense")
        note = remark(visit, "note", "step-note")

        def lacks() -> str | None:
            if day_of(said(day)) is None:
                return visit.t("bad_day", what=said(day))
            if not (said(hours) and is_amount(hours.value) and person.value):
                return visit.t("bad_number", what=said(hours))
            return None

        def act(parts: Parts) -> WorkOrder:
            labour = Labour(
                person=person.value,
                trade=trade.value,
                day=day_of(said(day)) or spending.today,
                hours=decimal_of(hours.value) or Decimal(0),
                note=said(note),
            )
            return bookings.book_labour(parts.database, order.number, labour, actor=parts.principal, clock=parts.clock)

        need = to_work_on(order)
        sheet_form(visit, act, dialog, on_done, need=need, action="book_labour", hint="book_labour_hint", lacks=lacks)


def _ask_parts(visit: Visit, order: WorkOrder, spending: OrderSpending, on_done: Done) -> None:
    with sheet(f"{order.number}: {visit.t('take_parts')}") as dialog:
        if not spending.parts:
            words(visit.t("no_parts"), "muted")
            return
        options = {one.number: (_offered(visit, one, spending.currency), "") for one in spending.parts}
        with box("fields"):
            part = choice(visit, "part", options, None, "part")
            quantity = mark(ui.input(label=visit.t("quantity")).props("outlined dense"), "quantity")
        goes_without = mark(ui.checkbox(visit.t("without_price")), "without-price")
        note = remark(visit, "note", "step-note")

        def lacks() -> str | None:
            is_said = bool(part.value and said(quantity) and is_amount(quantity.value))
            return None if is_said else visit.t("quantity_needed")

        issue, reserve = _taking(order, part, quantity, goes_without, note)
        sheet_form(
            visit,
            issue,
            dialog,
            on_done,
            need=to_work_on(order),
            action="issue_part",
            hint="take_parts_hint",
            lacks=lacks,
            other=("reserve_part", reserve),
        )


def _taking(
    order: WorkOrder, part: ui.select, quantity: ui.input, goes_without: ui.checkbox, note: ui.input
) -> tuple[Act, Act]:
    """Return what issues, and what reserves, the part that is chosen."""

    def issue(parts: Parts) -> WorkOrder:
        return stock.issue_part(
            parts.database,
            order.number,
            part.value,
            decimal_of(quantity.value) or Decimal(0),
            without_price=bool(goes_without.value),
            actor=parts.principal,
            clock=parts.clock,
            note=said(note),
        )

    def reserve(parts: Parts) -> WorkOrder:
        much = decimal_of(quantity.value) or Decimal(0)
        return stock.reserve_part(
            parts.database, order.number, part.value, much, actor=parts.principal, clock=parts.clock
        )

    return issue, reserve


def _offered(visit: Visit, part: Part, currency: str) -> str:
    price = f"{part.price} {currency}".strip() if part.price is not None else visit.t("part_no_price")
    name = f"{part.number} {named(visit.language, part.name, part.name_zh)}"
    return visit.t("part_free", name=name, free=_plain(part.free), unit=part.unit, price=price)


def downtime_card(
    visit: Visit, order: WorkOrder | None, stood: Sequence[Downtime], on_done: Done = lambda: None
) -> None:
    """Show when a machine stood and why; at an order more can be noted, at an asset each leads to its order."""
    may = order is not None and visit.may(Right.WORK_ON_ORDERS, order.site)
    if not stood and not may:
        return
    with card(visit.t("downtime")), box("history", testid="downtime"):
        if not stood:
            words(visit.t("no_downtime"), "muted")
        for one in stood:
            with box("step"):
                _stood(visit, one, shows_order=order is None)
        if order is not None and may:
            offer(visit, "note_downtime", partial(_ask_downtime, visit, order, on_done), is_quiet=True)
            if any(one.down_to is None for one in stood):
                offer(visit, "end_downtime", partial(_ask_end, visit, order, on_done), is_quiet=True)


def _stood(visit: Visit, one: Downtime, *, shows_order: bool) -> None:
    with box("spread"):
        words(visit.t("downtime_planned" if one.is_planned else "downtime_unplanned"), "strong")
        if shows_order and one.order:
            with link(f"/work-orders/{one.order}", "plain-link small"):
                words(one.order)
    words(one.reason)
    with box("line small muted"):
        moment(one.down_from)
        words("–")
        if one.down_to is None:
            words(visit.t("downtime_open"))
        else:
            moment(one.down_to)


def _ask_downtime(visit: Visit, order: WorkOrder, on_done: Done) -> None:
    with sheet(f"{order.number}: {visit.t('note_downtime')}") as dialog:
        with box("fields"):
            since = InstantField(visit, "down_from", None)
            until = InstantField(visit, "down_to", None)
        reason = remark(visit, "down_reason", "down-reason")
        planned = mark(ui.checkbox(visit.t("downtime_planned")), "down-planned")

        def lacks() -> str | None:
            return None if since.value and said(reason) else visit.t("reason_needed")

        def act(parts: Parts) -> WorkOrder:
            return downtime.note_downtime(
                parts.database,
                order.number,
                down_from=since.value or parts.clock.now(),
                down_to=until.value,
                reason=said(reason),
                is_planned=bool(planned.value),
                actor=parts.principal,
                clock=parts.clock,
            )

        need = to_work_on(order)
        sheet_form(
            visit, act, dialog, on_done, need=need, action="note_downtime", hint="note_downtime_hint", lacks=lacks
        )


def _ask_end(visit: Visit, order: WorkOrder, on_done: Done) -> None:
    with sheet(f"{order.number}: {visit.t('end_downtime')}") as dialog:
        until = InstantField(visit, "down_to", visit.parts.clock.now())

        def act(parts: Parts) -> WorkOrder:
            at = until.value or parts.clock.now()
            return downtime.end_downtime(parts.database, order.number, at=at, actor=parts.principal, clock=parts.clock)

        sheet_form(visit, act, dialog, on_done, need=to_work_on(order), action="end_downtime", hint="acknowledge_hint")
