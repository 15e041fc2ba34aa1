"""A work order is what maintenance and engineering are asked to do, in the states of the Maximo life."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from plant.iso14224 import Activity
from plant.orders.rules import WorkType
from plant.people.principal import Principal
from plant.severity import Severity


class OrderState(StrEnum):
    """WAPPR → APPR → {WSCH, WMATL, WPCOND} → INPRG → COMP → CLOSE, and CAN."""

    WAPPR = "WAPPR"
    APPR = "APPR"
    WSCH = "WSCH"
    WMATL = "WMATL"
    WPCOND = "WPCOND"
    INPRG = "INPRG"
    COMP = "COMP"
    CLOSE = "CLOSE"
    CAN = "CAN"

    @property
    def is_open(self) -> bool:
        """Say whether the order still stands.

        >>> OrderState.COMP.is_open, OrderState.CAN.is_open
        (True, False)
        """
        return self not in (OrderState.CLOSE, OrderState.CAN)

    @property
    def is_waiting(self) -> bool:
        """Say whether the work waits: for schedule, material or the plant's condition."""
        return self in (OrderState.WSCH, OrderState.WMATL, OrderState.WPCOND)


def states_called(word: str) -> tuple[OrderState, ...] | None:
    """Return the states that a list calls so: `open`, `waits`, or one state by its name; None for `all` of them.

    >>> [state.value for state in states_called("waits") or ()]
    ['WSCH', 'WMATL', 'WPCOND']
    """
    if word == "all":
        return None
    if word == "open":
        return tuple(state for state in OrderState if state.is_open)
    return tuple(state for state in OrderState if state.is_waiting) if word == "waits" else (OrderState(word),)


class Step(StrEnum):
    """What a person may do with an order; each leads to one state."""

    APPROVE = "approve"
    AWAIT_SCHEDULE = "await_schedule"
    AWAIT_MATERIAL = "await_material"
    AWAIT_PLANT_CONDITION = "await_plant_condition"
    START = "start"
    COMPLETE = "complete"
    CLOSE = "close"
    CANCEL = "cancel"

    @property
    def leads_to(self) -> OrderState:
        """Return the state after the step.

        >>> Step.AWAIT_MATERIAL.leads_to.value
        'WMATL'
        """
        return _LEADS_TO[self]


_LEADS_TO = {
    Step.APPROVE: OrderState.APPR,
    Step.AWAIT_SCHEDULE: OrderState.WSCH,
    Step.AWAIT_MATERIAL: OrderState.WMATL,
    Step.AWAIT_PLANT_CONDITION: OrderState.WPCOND,
    Step.START: OrderState.INPRG,
    Step.COMPLETE: OrderState.COMP,
    Step.CLOSE: OrderState.CLOSE,
    Step.CANCEL: OrderState.CAN,
}
_WAITS = (Step.AWAIT_SCHEDULE, Step.AWAIT_MATERIAL, Step.AWAIT_PLANT_CONDITION)
_STEPS: dict[OrderState, tuple[Step, ...]] = {
    OrderState.WAPPR: (Step.APPROVE, Step.CANCEL),
    OrderState.APPR: (Step.START, *_WAITS, Step.CANCEL),
    OrderState.WSCH: (Step.START, *_WAITS, Step.CANCEL),
    OrderState.WMATL: (Step.START, *_WAITS, Step.CANCEL),
    OrderState.WPCOND: (Step.START, *_WAITS, Step.CANCEL),
    OrderState.INPRG: (Step.COMPLETE, *_WAITS),
    OrderState.COMP: (Step.CLOSE,),
    OrderState.CLOSE: (),
    OrderState.CAN: (),
}


class Outcome(StrEnum):
    """What closing an order says of the finding that led to it."""

    CONFIRMED = "confirmed"
    FALSE_ALARM = "false_alarm"
    NO_FAULT_FOUND = "no_fault_found"


@dataclass(frozen=True, kw_only=True, slots=True)
class Closing:
    """The codes of ISO 14224 with which an order was closed, and the raw times that figures are made of.

    `failed_at` is when the machine lost its function, None where that was prevented; `restored_at` when it could run
    again. `relearn` says that its normal may be another one since. `recognised` is how it was proved who closed it.
    """

    outcome: Outcome
    failure_mode: str
    cause: str
    action: Activity
    note: str
    failed_at: datetime | None
    restored_at: datetime
    relearn: bool
    closed_at: datetime
    closed_by: str
    recognised: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Booking:
    """What was spent on an order: hours, or an amount in a currency of ISO 4217, or both.

    One that `reverses` another, by its `booking_id`, takes away what that one booked: its amounts are negative.
    Labour names its `person` by sign-in, their `trade` and the day; an issued part its number and quantity.
    `recognised` is how it was proved who booked it.
    """

    booked_at: datetime
    booked_by: str
    hours: Decimal | None = None
    cost: Decimal | None = None
    currency: str | None = None
    note: str = ""
    booking_id: int | None = None
    reverses: int | None = None
    is_reversed: bool = False
    person: str | None = None
    trade: str | None = None
    worked_on: date | None = None
    part_id: int | None = None
    part: str | None = None
    quantity: Decimal | None = None
    recognised: str = ""

    @property
    def counts(self) -> bool:
        """Say whether it stands: it was not reversed, and is no reversal."""
        return self.reverses is None and not self.is_reversed


@dataclass(frozen=True, kw_only=True, slots=True)
class FailureReport:
    """What a person says has failed or is failing; `failed_at` is when the machine lost its function, if it did.

    `what` is a line, `words` whatever more there is to say.
    """

    actor: Principal
    failure_mode: str
    severity: Severity
    what: str
    failed_at: datetime | None = None
    words: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkOrder:
    """One order. `evidence` is the JSON object that goes out with it; `priority` 1 is the most urgent.

    `started_at` is when work began the first time, `completed_at` when it ended; `booked` says that work or cost is.
    `failure_mode` is empty where the work is planned. `why` is the rule that led to it, `words` what its reporter
    wrote. `assignee` signs in so, and is called `assignee_name`. `overdue_at` is when it was found to be overdue.
    """

    order_id: int
    number: str
    asset_id: int
    site: str
    asset: str
    asset_class: str
    failure_mode: str
    state: OrderState
    priority: int
    severity: Severity
    title: str
    evidence: dict[str, Any]
    requested_finish: datetime
    created_at: datetime
    changed_at: datetime
    revision: int
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    booked: bool = False
    work_type: WorkType = WorkType.CORRECTIVE
    why: dict[str, Any] = field(default_factory=dict)
    words: str = ""
    team: str | None = None
    assignee: str | None = None
    assignee_name: str | None = None
    job_plan: str | None = None
    job_plan_version: int | None = None
    overdue_at: datetime | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return what may be done with it now, the usual next step first.

        Work that has begun is booked: such an order is not cancelled any more.
        """
        return tuple(step for step in _STEPS[self.state] if self._allows(step))

    def is_overdue(self, now: datetime) -> bool:
        """Say whether the work should have been done by now, and is not."""
        return is_overdue(self.state, self.requested_finish, now)

    @property
    def is_booked(self) -> bool:
        """Say whether work has begun, or work or cost is booked."""
        return self.booked or self.started_at is not None

    def _allows(self, step: Step) -> bool:
        return step.leads_to is not self.state and not (step is Step.CANCEL and self.is_booked)


def is_overdue(state: OrderState, requested_finish: datetime, at: datetime) -> bool:
    """Say whether work should have been done by an instant, and is not; the database's `is_overdue` judges alike."""
    return state.is_open and state is not OrderState.COMP and requested_finish < at
