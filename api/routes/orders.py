"""Work orders over HTTP: read them, take note of them, move them through their life, close them with their codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from alerts.knowledge.lessons import offered
from alerts.orders import bookings, commands
from alerts.orders.commands import acknowledge_order
from api.parts import GivenParts, Parts
from api.problems import answers
from api.protocol.paging import Pages
from api.revisions import RevisionRead, tag_revision
from api.schemas.orders import (
    ClosedOrderShape,
    CodeShape,
    CodesShape,
    LessonOfferShape,
    ListedOrderShape,
    NewBooking,
    NewClosing,
    NewReport,
    OrderQuery,
    OrderShape,
    OrderWithEvents,
)
from api.schemas.shape import NO_REMARK, NOTHING, Nothing, Remark
from plant.iso14224 import ACTIVITIES, FAILURE_CAUSES, FAILURE_MODES, Activity, Names
from plant.people.rights import Right
from plant.work_order import Booking, FailureReport, Outcome, Step
from storage.orders.warranties import covered_failures
from storage.work import orders

router = APIRouter(prefix="/work-orders", tags=["work orders"])
_MOVED = answers(400, 404, 409, 412)


@router.get("", responses=answers(400))
def list_work_orders(
    parts: GivenParts, pages: Pages, asked: Annotated[OrderQuery, Depends()]
) -> list[ListedOrderShape]:
    """List work orders: those that stand open, all, or those in one state; of a site, asset, team, person or type."""
    wanted, after = asked.wanted(parts.clock.now()), pages.after_number()
    with parts.database.transaction() as tx:
        found = orders.list_orders(tx, wanted, most=pages.one_more, after=after)
        listed = pages.page(found, lambda one: (one.order_id,))
        covered = covered_failures(tx, [one.order_id for one in listed])
    until = {order_id: one.ends for order_id, one in covered.items()}
    return [ListedOrderShape.of(one, warranty_until=until.get(one.order_id)) for one in listed]


@router.post("", status_code=201, responses=_MOVED)
def report_failure(parts: GivenParts, report: NewReport) -> OrderShape:
    """Raise an order for a failure that a person saw."""
    parts.principal.demand(Right.REPORT_FAILURES, report.site)
    order = commands.report_failure(
        parts.database,
        report.site,
        report.asset,
        FailureReport(
            actor=parts.principal,
            failure_mode=report.failure_mode,
            severity=report.severity,
            what=report.what,
            failed_at=report.failed_at,
            words=report.words,
        ),
        clock=parts.clock,
        console_url=parts.console_url,
    )
    return OrderShape.model_validate(order)


@router.get("/{number}", responses=answers(404))
def get_work_order(parts: GivenParts, number: str, response: Response) -> OrderWithEvents:
    """Show one work order with all that belongs to it; the ETag is its revision."""
    with parts.database.transaction() as tx:
        order = OrderWithEvents.read(tx, number)
    tag_revision(response, order.revision)
    return order


@router.post("/{number}/acknowledge", responses=_MOVED)
def acknowledge_work_order(parts: GivenParts, number: str, _nothing: Nothing = NOTHING) -> OrderShape:
    """Take note of a work order in a person's name."""
    order = acknowledge_order(parts.database, number, actor=parts.principal, clock=parts.clock)
    return OrderShape.model_validate(order)


@router.post("/{number}/approve", responses=_MOVED)
def approve(parts: GivenParts, number: str, read: RevisionRead, deed: Remark = NO_REMARK) -> OrderShape:
    """Approve the work: WAPPR → APPR."""
    return _step(parts, number, Step.APPROVE, deed, read)


@router.post("/{number}/await-schedule", responses=_MOVED)
def await_schedule(parts: GivenParts, number: str, read: RevisionRead, deed: Remark = NO_REMARK) -> OrderShape:
    """Let it wait for its place in the schedule: → WSCH."""
    return _step(parts, number, Step.AWAIT_SCHEDULE, deed, read)


@router.post("/{number}/await-material", responses=_MOVED)
def await_material(parts: GivenParts, number: str, read: RevisionRead, deed: Remark = NO_REMARK) -> OrderShape:
    """Let it wait for material: → WMATL."""
    return _step(parts, number, Step.AWAIT_MATERIAL, deed, read)


@router.post("/{number}/await-plant-condition", responses=_MOVED)
def await_plant_condition(parts: GivenParts, number: str, read: RevisionRead, deed: Remark = NO_REMARK) -> OrderShape:
    """Let it wait until the plant allows it: → WPCOND."""
    return _step(parts, number, Step.AWAIT_PLANT_CONDITION, deed, read)


@router.post("/{number}/start", responses=_MOVED)
def start(parts: GivenParts, number: str, read: RevisionRead, deed: Remark = NO_REMARK) -> OrderShape:
    """Begin the work: → INPRG. What is found at the asset meanwhile is suppressed by design."""
    return _step(parts, number, Step.START, deed, read)


@router.post("/{number}/complete", responses=_MOVED)
def complete(parts: GivenParts, number: str, read: RevisionRead, deed: Remark = NO_REMARK) -> OrderShape:
    """Say that the work is done: INPRG → COMP."""
    return _step(parts, number, Step.COMPLETE, deed, read)


@router.post("/{number}/cancel", responses=_MOVED)
def cancel(parts: GivenParts, number: str, read: RevisionRead, deed: Remark = NO_REMARK) -> OrderShape:
    """Cancel it: → CAN; refused once work or cost is booked."""
    return _step(parts, number, Step.CANCEL, deed, read)


@router.post("/{number}/bookings", responses=_MOVED)
def book(parts: GivenParts, number: str, booking: NewBooking) -> OrderShape:
    """Book work or cost on it."""
    booked = Booking(
        booked_at=parts.clock.now(),
        booked_by=parts.principal.name,
        hours=booking.hours,
        cost=booking.cost,
        currency=booking.currency,
        note=booking.note,
    )
    return OrderShape.model_validate(
        bookings.book(parts.database, number, booked, actor=parts.principal, clock=parts.clock)
    )


@router.post("/{number}/bookings/{booking_id}/reverse", responses=_MOVED)
def reverse_booking(parts: GivenParts, number: str, booking_id: int, deed: Remark = NO_REMARK) -> OrderShape:
    """Take a booking back, by one that books as much less."""
    return OrderShape.model_validate(
        bookings.reverse_booking(
            parts.database, number, booking_id, actor=parts.principal, clock=parts.clock, note=deed.note
        )
    )


@router.post("/{number}/close", responses=_MOVED)
def close(parts: GivenParts, number: str, closing: NewClosing, read: RevisionRead) -> ClosedOrderShape:
    """Close it with its codes: COMP → CLOSE; the answer offers the lesson to be kept."""
    codes = commands.Codes(**closing.model_dump())
    order = commands.close_order(parts.database, number, codes, actor=parts.principal, clock=parts.clock, revision=read)
    closed = ClosedOrderShape.model_validate(order)
    with parts.database.transaction() as tx:
        found = offered(tx, order)
    closed.lesson = LessonOfferShape.model_validate(found) if found else None
    return closed


def _step(parts: Parts, number: str, step: Step, deed: Remark, read: int | None) -> OrderShape:
    order = commands.take_step(
        parts.database, number, step, actor=parts.principal, clock=parts.clock, note=deed.note, revision=read
    )
    return OrderShape.model_validate(order)


codes_router = APIRouter(prefix="/codes", tags=["work orders"])


@codes_router.get("", responses=answers())
def list_codes() -> CodesShape:
    """List failure modes, causes and actions by ISO 14224:2016, in English and Chinese."""
    return CodesShape(
        failure_modes=_listed(FAILURE_MODES),
        causes=_listed(FAILURE_CAUSES),
        actions=_listed(ACTIVITIES),
        renewing_actions=[one for one in Activity if one.renews],
        outcomes=list(Outcome),
    )


def _listed(codes: Mapping[str, Names]) -> list[CodeShape]:
    return [CodeShape(code=code, name=name, name_zh=name_zh) for code, (name, name_zh) in codes.items()]
