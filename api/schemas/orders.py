"""The documents about work orders that the API gives out and takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from fastapi import Query
from pydantic import BaseModel, Field

from api.schemas.instants import Instant
from api.schemas.shape import Nothing, PlainText, Remark, Shape
from api.schemas.work.contents import CommentShape
from plant.iso14224 import Activity
from plant.orders.rules import WorkType
from plant.severity import Severity
from plant.work_order import OrderState, Outcome, Step, WorkOrder, states_called
from storage.core.database import Transaction
from storage.orders.comments import comments_of
from storage.orders.warranties import covered_failures
from storage.work import orders
from storage.work.orders import OrderFilter

_RECOGNISED = Field(description="How it was proved who did it; `typed`: a name that nobody proved.")


class OrderShape(Shape):
    """A work order as it stands."""

    number: str = Field(examples=["WO-000001"])
    site: str
    asset: str = Field(description="Tag of the functional location.")
    asset_class: str
    failure_mode: str
    state: OrderState = Field(description="Maximo life: WAPPR, APPR, WSCH, WMATL, WPCOND, INPRG, COMP, CLOSE, CAN.")
    priority: int = Field(description="1 is the most urgent, 5 the least.")
    severity: Severity
    title: str
    work_type: WorkType
    words: str = Field(description="What its reporter wrote.")
    why: dict[str, Any] = Field(description="The rule that led to it, what met each condition, and what it gave.")
    team: str | None = Field(description="Tag of the team that is to do it.")
    assignee: str | None = Field(description="Who is to do it, by the name under which they sign in.")
    assignee_name: str | None
    job_plan: str | None
    job_plan_version: int | None
    overdue_at: datetime | None = Field(description="When it was found to be overdue.")
    evidence: dict[str, Any] = Field(
        description="Window, contributing signals with their share (0 to 1), score (0 to 1, 1 is worst), model "
        "version, remaining_life in seconds from its `as_of`, with the interval that holds it with `coverage`, and the "
        "wear_limit up to which was counted, in alarm lines."
    )
    requested_finish: datetime
    created_at: datetime
    changed_at: datetime
    revision: int
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    started_at: datetime | None = Field(description="When work began the first time.")
    completed_at: datetime | None = Field(description="When the work was done.")
    steps: list[Step] = Field(description="What may be done with it now, the usual next step first.")


class LessonOfferShape(Shape):
    """What an order would teach, in the words that are there: to be put right and kept with `POST …/lesson`."""

    failure_mode: str
    seen: str
    cause: str
    helped: str
    signals: list[str]


class ClosedOrderShape(OrderShape):
    """An order that was closed, and the lesson that is offered to be kept of it; null where nothing was found."""

    lesson: LessonOfferShape | None = None


class ListedOrderShape(OrderShape):
    """A work order of a list."""

    warranty_until: date | None = Field(
        description="Last day of the warranty within which its failure fell; null where it fell in none."
    )

    @classmethod
    def of(cls, order: WorkOrder, *, warranty_until: date | None) -> Self:
        """Return an order as it is listed."""
        return cls.model_construct(**dict(OrderShape.model_validate(order)), warranty_until=warranty_until)


class OrderQuery:
    """Which orders are wanted; what is left out asks nothing."""

    def __init__(
        self,
        *,
        state: Annotated[
            Literal["open", "all", "waits"] | OrderState,
            Query(description="`open`; `all`; `waits`: WSCH, WMATL and WPCOND together; or one state."),
        ] = "open",
        site: str | None = None,
        asset: Annotated[str | None, Query(description="Tag of the asset.")] = None,
        team: Annotated[str | None, Query(description="Tag of the team.")] = None,
        assignee: Annotated[str | None, Query(description="By the name under which they sign in.")] = None,
        work_type: WorkType | None = None,
        priority: Annotated[int | None, Query(ge=1, le=5)] = None,
        text: Annotated[
            PlainText | None, Query(max_length=200, description="Part of number, asset, title or what was said.")
        ] = None,
        overdue: Annotated[bool, Query(description="Only those whose requested finish is past.")] = False,
        in_warranty: Annotated[bool, Query(description="Only those of failures within a warranty.")] = False,
        created_from: Annotated[Instant | None, Query(alias="from", description="Raised at or after.")] = None,
        created_to: Annotated[Instant | None, Query(alias="to", description="Raised before.")] = None,
    ) -> None:
        self.is_overdue = overdue
        self._wanted = OrderFilter(
            states=states_called(state),
            site=site,
            asset=asset,
            team=team,
            assignee=assignee,
            work_type=work_type,
            priority=priority,
            text=text,
            created_from=created_from,
            created_to=created_to,
            in_warranty=in_warranty,
        )

    def wanted(self, now: datetime) -> OrderFilter:
        """Return the filter; overdue is what is so `now`."""
        return replace(self._wanted, overdue_at=now if self.is_overdue else None)


class EventShape(Shape):
    """One change of a work order."""

    revision: int
    at: datetime
    actor: str
    recognised: str = _RECOGNISED
    event: str
    published_at: datetime | None = Field(description="When the change had left on the asset's workorder topic.")


class BookingShape(Shape):
    """Work or cost that was booked; one that reverses another has negative amounts."""

    booking_id: int
    booked_at: datetime
    booked_by: str
    recognised: str = _RECOGNISED
    hours: float | None
    cost: float | None
    currency: str | None
    note: str
    person: str | None = Field(description="Who worked, by the name under which they sign in.")
    trade: str | None
    worked_on: date | None
    part: str | None = Field(description="Number of the part that was issued.")
    quantity: float | None
    reverses: int | None = Field(description="The booking that this one takes back.")
    is_reversed: bool = Field(description="Whether another one took it back.")


class ClosingShape(Shape):
    """The codes of ISO 14224:2016 with which an order was closed."""

    outcome: Outcome
    failure_mode: str = Field(examples=["VIB"])
    cause: str = Field(description="Failure cause, table B.3.", examples=["3.4"])
    action: Activity = Field(description="Maintenance activity, table B.5.")
    note: str
    failed_at: datetime | None = Field(description="When the machine lost its function; null where that was prevented.")
    restored_at: datetime = Field(description="When it could run again.")
    relearn: bool = Field(description="Whether its normal may be another one since.")
    closed_at: datetime
    closed_by: str
    recognised: str = _RECOGNISED


class OrderWithEvents(ListedOrderShape):
    """A work order with its history, oldest first, what was booked on it, and how it was closed."""

    events: list[EventShape]
    bookings: list[BookingShape]
    closing: ClosingShape | None
    comments: list[CommentShape]

    @classmethod
    def read(cls, tx: Transaction, number: str) -> Self:
        """Read an order and all that belongs to it.

        Raises:
            NotFound: there is no such order.
        """
        order = orders.get_order(tx, number)
        closing = orders.closing_of(tx, order.order_id)
        covered = covered_failures(tx, [order.order_id])
        return cls(
            **OrderShape.model_validate(order).model_dump(),
            warranty_until=covered[order.order_id].ends if order.order_id in covered else None,
            events=[EventShape.model_validate(event) for event in orders.order_events(tx, order.order_id)],
            bookings=[BookingShape.model_validate(booking) for booking in orders.bookings(tx, order.order_id)],
            closing=None if closing is None else ClosingShape.model_validate(closing),
            comments=[CommentShape.model_validate(comment) for comment in comments_of(tx, order.order_id)],
        )


class NewBooking(Remark):
    """Work or cost to be booked: hours, or a cost with its currency, or both."""

    hours: Decimal | None = Field(default=None, gt=0, allow_inf_nan=False)
    cost: Decimal | None = Field(default=None, gt=0, allow_inf_nan=False)
    currency: str | None = Field(default=None, description="Code of ISO 4217.", examples=["EUR"])


class NewClosing(Remark):
    """The codes with which an order is to be closed; `/codes` lists them."""

    outcome: Outcome
    failure_mode: str = Field(default="", description="Empty for planned work that found no fault.", examples=["VIB"])
    cause: str = Field(default="", examples=["3.4"])
    action: Activity
    failed_at: Instant | None = Field(
        default=None, description="When the machine lost its function; leave out where that was prevented."
    )
    restored_at: Instant | None = Field(
        default=None, description="When it could run again; the end of the work unless told."
    )
    relearn: bool | None = Field(
        default=None, description="Whether its normal may be another one since; the action decides unless told."
    )


class NewReport(Nothing):
    """A failure that a person saw."""

    site: str
    asset: str
    failure_mode: str = Field(examples=["VIB"])
    severity: Severity = Severity.MAJOR
    what: str = Field(min_length=1, max_length=200, description="What was seen, in a line.")
    words: str = Field(default="", max_length=4000, description="Whatever more there is to say.")
    failed_at: Instant | None = Field(
        default=None, description="When the machine lost its function; leave out where it still runs."
    )


class CodeShape(BaseModel):
    """One code of a list, with its names."""

    code: str
    name: str
    name_zh: str


class CodesShape(BaseModel):
    """The code lists of ISO 14224:2016 with which an order is closed."""

    failure_modes: list[CodeShape]
    causes: list[CodeShape]
    actions: list[CodeShape]
    renewing_actions: list[Activity] = Field(
        description="Actions after which a machine's normal may be another one, and is learnt again."
    )
    outcomes: list[Outcome]
