"""What a person may do with an order now: its next steps, booking, and closing it with codes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from nicegui import ui

from alerts.orders import bookings, commands
from api.console.components.elements import box, card, mark, moment, number, words
from api.console.components.forms import Need, choice, offer, remark, said, sheet, sheet_form
from api.console.components.instants import InstantField
from api.console.texts.texts import named
from api.console.visit import Visit
from api.identity.route_right import right_of_step
from api.parts import Parts
from plant.iso14224 import ACTIVITIES, FAILURE_CAUSES, FAILURE_MODES, Activity
from plant.orders.code_words import CODE_WORDS
from plant.people.rights import Right
from plant.work_order import Booking, Closing, OrderState, Outcome, Step, WorkOrder

Done = Callable[[], Any]


def to_work_on(order: WorkOrder) -> Need:
    """Return what it takes to change what belongs to an order."""
    return Right.WORK_ON_ORDERS, order.site


def work_card(visit: Visit, order: WorkOrder, on_done: Done, on_closed: Done) -> None:
    """Offer the steps that the order's state allows, and nothing else."""
    with card(visit.t("work"), "acting"), box("form", testid="steps"):
        if not order.steps:
            words(visit.t("work_ended"), "muted")
            return
        offered = [step for step in order.steps if visit.may(right_of_step(step), order.site)]
        for place, step in enumerate(offered):
            asked = partial(_ask_codes, visit, order, on_closed)
            if step is not Step.CLOSE:
                asked = partial(_ask, visit, order, step, on_done)
            offer(visit, f"step_{step.value}", asked, is_quiet=place > 0)
        if visit.may(Right.WORK_ON_ORDERS, order.site):
            offer(visit, "book", partial(_ask_booking, visit, order, on_done), is_quiet=True)
        elif not offered:
            words(visit.t("no_step_of_yours"), "muted")
        if order.state is OrderState.WAPPR and not visit.may(right_of_step(Step.APPROVE), order.site):
            words(visit.t("approved_by_supervisor"), "muted")


def bookings_card(visit: Visit, order: WorkOrder, booked: Sequence[Booking], on_done: Done) -> None:
    """Show what was booked; what stands on an open order can be reversed."""
    if not booked:
        return
    with card(visit.t("bookings")), box("history"):
        for booking in booked:
            with box("step"):
                with box("spread"):
                    words(_amount(visit, booking), "strong figures")
                    words(visit.who(booking.booked_by, booking.recognised), "muted clip")
                moment(booking.booked_at, "full").classes("small muted")
                if booking.note:
                    words(booking.note, "small")
                if booking.is_reversed:
                    words(visit.t("booking_is_reversed"), "small muted")
                elif booking.counts and order.state.is_open and visit.may(Right.WORK_ON_ORDERS, order.site):
                    offer(
                        visit, "reverse_booking", partial(_ask_reversal, visit, order, booking, on_done), is_quiet=True
                    )


def closing_card(visit: Visit, closing: Closing | None) -> None:
    """Show the codes with which an order was closed."""
    if closing is None:
        return
    with card(visit.t("closed_with")), box("lines", testid="closing"):
        words(visit.word("outcome", closing.outcome.value), "strong")
        for code, names in (
            (closing.failure_mode, FAILURE_MODES.get(closing.failure_mode)),
            (closing.cause, FAILURE_CAUSES.get(closing.cause)),
            ("", ACTIVITIES.get(closing.action)),
        ):
            words(f"{code} {named(visit.language, *names) if names else ''}".strip())
        if closing.note:
            words(closing.note, "muted")
        if closing.relearn:
            words(visit.t("relearns"), "muted")
        words(visit.t("closed_by", actor=visit.who(closing.closed_by, closing.recognised)), "small muted")
        moment(closing.closed_at, "full").classes("small muted")


def _amount(visit: Visit, booking: Booking) -> str:
    hours = visit.t("booked_hours", hours=number(float(booking.hours))) if booking.hours else ""
    cost = f"{booking.cost:.2f} {booking.currency}" if booking.cost else ""
    worked = f"{booking.person}, {booking.trade}, {booking.worked_on}" if booking.person else ""
    issued = f"{booking.quantity:f} × {booking.part}" if booking.quantity is not None else ""
    return " · ".join(part for part in (issued, hours, worked, cost) if part)


def _ask(visit: Visit, order: WorkOrder, step: Step, on_done: Done) -> None:
    with sheet(f"{order.number}: {visit.t(f'step_{step.value}')}") as dialog:
        words(visit.t("step_hint", state=visit.word("state", step.leads_to.value)), "muted")
        note = remark(visit, "note", "step-note")

        def act(parts: Parts) -> WorkOrder:
            return commands.take_step(
                parts.database, order.number, step, actor=parts.principal, clock=parts.clock, note=said(note)
            )

        hint = "start_hint" if step is Step.START else "acknowledge_hint"
        need = (right_of_step(step), order.site)
        sheet_form(visit, act, dialog, on_done, need=need, action=f"step_{step.value}", hint=hint)


def _ask_booking(visit: Visit, order: WorkOrder, on_done: Done) -> None:
    with sheet(f"{order.number}: {visit.t('book')}") as dialog:
        with box("fields"):
            hours = _amount_field(visit, "hours_spent")
            cost = _amount_field(visit, "cost")
            currency = mark(ui.input(label=visit.t("currency")).props("outlined dense maxlength=3"), "currency")
        note = remark(visit, "note", "step-note")

        def lacks() -> str | None:
            for field in (hours, cost):
                if not is_amount(field.value):
                    return visit.t("bad_number", what=field.value)
            return None if hours.value or (cost.value and currency.value) else visit.t("amount_needed")

        def act(parts: Parts) -> WorkOrder:
            booking = Booking(
                booked_at=parts.clock.now(),
                booked_by=parts.principal.name,
                hours=decimal_of(hours.value),
                cost=decimal_of(cost.value),
                currency=said(currency).upper() or None,
                note=said(note),
            )
            return bookings.book(parts.database, order.number, booking, actor=parts.principal, clock=parts.clock)

        sheet_form(
            visit,
            act,
            dialog,
            on_done,
            need=to_work_on(order),
            action="book_do",
            hint="book_hint",
            lacks=lacks,
        )


def _ask_reversal(visit: Visit, order: WorkOrder, booking: Booking, on_done: Done) -> None:
    with sheet(f"{order.number}: {visit.t('reverse_booking')}, {_amount(visit, booking)}") as dialog:
        note = remark(visit, "note", "step-note")

        def act(parts: Parts) -> WorkOrder:
            wrong = booking.booking_id or 0
            return bookings.reverse_booking(
                parts.database, order.number, wrong, actor=parts.principal, clock=parts.clock, note=said(note)
            )

        need = (Right.WORK_ON_ORDERS, order.site)
        sheet_form(visit, act, dialog, on_done, need=need, action="reverse_booking", hint="reverse_hint")


def _amount_field(visit: Visit, label: str) -> ui.input:
    return mark(ui.input(label=visit.t(label)).props("outlined dense inputmode=decimal"), label)


def decimal_of(text: str | None) -> Decimal | None:
    """Read an amount as `amount_of` does, to the last digit."""
    return None if amount_of(text) is None else Decimal(str(text).strip().replace(",", "."))


def amount_of(text: str | None) -> float | None:
    """Read an amount that a person typed, with a point or a comma; None where nothing was.

    Raises:
        ValueError: it is not a number.

    >>> amount_of("1,5"), amount_of("") is None
    (1.5, True)
    """
    return float(text.replace(",", ".")) if text and text.strip() else None


def is_amount(text: str | None) -> bool:
    """Say whether `amount_of` reads it.

    >>> is_amount("2"), is_amount("two")
    (True, False)
    """
    try:
        amount_of(text)
    except ValueError:
        return False
    return True


def _ask_codes(visit: Visit, order: WorkOrder, on_done: Done) -> None:
    with sheet(f"{order.number}: {visit.t('step_close')}") as dialog:
        with box("fields"):
            outcome = choice(visit, "outcome", _OUTCOMES, None, "outcome")
            mode = choice(visit, "failure_mode", FAILURE_MODES, order.failure_mode, "failure-mode")
            cause = choice(visit, "cause", FAILURE_CAUSES, None, "cause")
            action = choice(visit, "action", ACTIVITIES, None, "action")
            failed = InstantField(visit, "failed_at", None)
            restored = InstantField(visit, "restored_at", order.completed_at)
        relearn = mark(ui.checkbox(visit.t("relearn")), "relearn")
        action.on_value_change(lambda: relearn.set_value(bool(action.value) and Activity(action.value).renews))
        note = remark(visit, "note", "step-note")
        wanted = (outcome, mode, cause, action)

        def lacks() -> str | None:
            least = (outcome, action) if order.failure_mode == "" and outcome.value == _NOTHING_FOUND else wanted
            return None if all(field.value for field in least) else visit.t("codes_needed")

        def act(parts: Parts) -> WorkOrder:
            codes = commands.Codes(
                outcome=Outcome(outcome.value),
                failure_mode=mode.value or "",
                cause=cause.value or "",
                action=Activity(action.value),
                note=said(note),
                failed_at=failed.value,
                restored_at=_to_the_second(restored.value, order.completed_at),
                relearn=bool(relearn.value),
            )
            return commands.close_order(parts.database, order.number, codes, actor=parts.principal, clock=parts.clock)

        sheet_form(
            visit,
            act,
            dialog,
            on_done,
            need=(Right.CLOSE_ORDERS, order.site),
            action="close_do",
            hint="close_hint",
            lacks=lacks,
        )


def _to_the_second(chosen: datetime | None, offered: datetime | None) -> datetime | None:
    """Give back what was offered where a person left it as it was shown, to the minute."""
    if chosen is None or (offered and chosen == offered.replace(second=0, microsecond=0)):
        return offered
    return chosen


_NOTHING_FOUND = Outcome.NO_FAULT_FOUND.value
_OUTCOMES = {one.value: CODE_WORDS[f"outcome_{one.value}"] for one in Outcome}
