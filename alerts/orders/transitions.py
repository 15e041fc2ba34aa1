"""How a work order moves: raised, joined by further findings, worsened, and step by step through the Maximo life.

WAPPR → APPR → {WSCH, WMATL, WPCOND} → INPRG → COMP → CLOSE, and CAN. From APPR work may begin at once; work that has to
wait goes back to a waiting state. COMP moves only to CLOSE; CLOSE and CAN end. Pure; the record is elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from alerts.orders.document import evidence, report_evidence, report_title, title
from plant.errors import Conflict
from plant.finding import Finding
from plant.orders.rules import OrderChoice
from plant.severity import Severity
from plant.work_order import FailureReport, OrderState, Step, WorkOrder
from storage.models.remaining import RemainingLifeEstimate
from storage.register.assets import RegisteredAsset
from storage.work.orders import order_number


@dataclass(frozen=True, kw_only=True, slots=True)
class Occasion:
    """What an order is raised for; `noted_by` has taken note of it already.

    `team` is that of the choice, where it is in the register.
    """

    failure_mode: str
    severity: Severity
    title: str
    evidence: dict[str, Any]
    choice: OrderChoice
    words: str = ""
    noted_by: str | None = None
    team: str | None = None


def for_finding(
    finding: Finding, asset: RegisteredAsset, choice: OrderChoice, left: RemainingLifeEstimate | None = None
) -> Occasion:
    """Say what an order for a finding is about. `left` is what was last told of the machine's life."""
    return Occasion(
        failure_mode=finding.failure_mode,
        severity=finding.severity,
        title=title(finding, asset),
        evidence=evidence(finding, left),
        choice=choice,
    )


def for_report(
    report: FailureReport, asset: RegisteredAsset, choice: OrderChoice, left: RemainingLifeEstimate | None = None
) -> Occasion:
    """Say what an order for a person's report is about; who reports has taken note."""
    return Occasion(
        failure_mode=report.failure_mode,
        severity=report.severity,
        title=report_title(report, asset),
        evidence=report_evidence(report, left),
        choice=choice,
        words=report.words,
        noted_by=report.actor.name,
    )


def raised(order_id: int, asset: RegisteredAsset, occasion: Occasion, at: datetime) -> WorkOrder:
    """Raise an order; it waits for approval."""
    choice = occasion.choice
    return WorkOrder(
        order_id=order_id,
        number=order_number(order_id),
        asset_id=asset.asset_id,
        site=asset.site,
        asset=asset.asset,
        asset_class=asset.asset_class,
        failure_mode=occasion.failure_mode,
        state=OrderState.WAPPR,
        priority=choice.priority,
        severity=occasion.severity,
        title=occasion.title,
        evidence=occasion.evidence,
        requested_finish=at + choice.finish_within,
        created_at=at,
        changed_at=at,
        revision=1,
        acknowledged_at=at if occasion.noted_by else None,
        acknowledged_by=occasion.noted_by,
        work_type=choice.work_type,
        why=choice.why,
        words=occasion.words,
        team=occasion.team,
    )


def joined(order: WorkOrder, at: datetime) -> WorkOrder:
    """Let a further finding join; the evidence stays that of the worst."""
    return replace(order, changed_at=at, revision=order.revision + 1)


def worsened(order: WorkOrder, worse: Occasion, at: datetime) -> WorkOrder:
    """Take over a worse finding's severity, urgency and evidence; the finish is never put off."""
    choice = worse.choice
    return replace(
        order,
        severity=worse.severity,
        priority=min(order.priority, choice.priority),
        title=worse.title,
        evidence=worse.evidence,
        why=choice.why,
        team=order.team or worse.team,
        requested_finish=min(order.requested_finish, at + choice.finish_within),
        changed_at=at,
        revision=order.revision + 1,
    )


def found_overdue(order: WorkOrder, at: datetime) -> WorkOrder:
    """Say that the work should have been done by now."""
    return replace(order, overdue_at=at, changed_at=at, revision=order.revision + 1)


def acknowledged(order: WorkOrder, actor: str, at: datetime) -> WorkOrder:
    """Say that somebody has taken note; the state stays as it is."""
    return replace(order, acknowledged_at=at, acknowledged_by=actor, changed_at=at, revision=order.revision + 1)


def approved(order: WorkOrder, actor: str, at: datetime) -> WorkOrder:
    """Approve the work."""
    return _moved(order, Step.APPROVE, actor, at)


def awaiting_schedule(order: WorkOrder, actor: str, at: datetime) -> WorkOrder:
    """Let it wait for its place in the schedule."""
    return _moved(order, Step.AWAIT_SCHEDULE, actor, at)


def awaiting_material(order: WorkOrder, actor: str, at: datetime) -> WorkOrder:
    """Let it wait for material."""
    return _moved(order, Step.AWAIT_MATERIAL, actor, at)


def awaiting_plant_condition(order: WorkOrder, actor: str, at: datetime) -> WorkOrder:
    """Let it wait until the plant allows it."""
    return _moved(order, Step.AWAIT_PLANT_CONDITION, actor, at)


def started(order: WorkOrder, actor: str, at: datetime) -> WorkOrder:
    """Begin the work, or go on with it; the first time counts."""
    return _moved(order, Step.START, actor, at, started_at=order.started_at or at)


def completed(order: WorkOrder, actor: str, at: datetime) -> WorkOrder:
    """Say that the work is done; what it was about is said by closing."""
    return _moved(order, Step.COMPLETE, actor, at, completed_at=at)


def closed(order: WorkOrder, actor: str, at: datetime) -> WorkOrder:
    """End it, its codes written down beside it."""
    return _moved(order, Step.CLOSE, actor, at)


def cancelled(order: WorkOrder, actor: str, at: datetime) -> WorkOrder:
    """End it undone; not once work or cost is booked."""
    return _moved(order, Step.CANCEL, actor, at)


_PAST_CANCELLING = (OrderState.COMP, OrderState.CLOSE, OrderState.CAN)
_METHODS: dict[Step, tuple[str, Callable[[WorkOrder, str, datetime], WorkOrder]]] = {
    Step.APPROVE: ("approved", approved),
    Step.AWAIT_SCHEDULE: ("awaiting_schedule", awaiting_schedule),
    Step.AWAIT_MATERIAL: ("awaiting_material", awaiting_material),
    Step.AWAIT_PLANT_CONDITION: ("awaiting_plant_condition", awaiting_plant_condition),
    Step.START: ("started", started),
    Step.COMPLETE: ("completed", completed),
    Step.CLOSE: ("closed", closed),
    Step.CANCEL: ("cancelled", cancelled),
}


def event_of(step: Step) -> str:
    """Name the event that a step leaves in the order's history.

    >>> event_of(Step.START)
    'started'
    """
    return _METHODS[step][0]


def stepped(order: WorkOrder, step: Step, actor: str, at: datetime) -> WorkOrder:
    """Take one step.

    Raises:
        Conflict: the order's state, or what is booked on it, does not allow the step.
    """
    return _METHODS[step][1](order, actor, at)


def _moved(order: WorkOrder, step: Step, actor: str, at: datetime, **changes: Any) -> WorkOrder:
    """Move to the step's state; whoever moves an order has taken note of it."""
    if step not in order.steps:
        raise Conflict(_why_not(order, step))
    return replace(
        order,
        state=step.leads_to,
        changed_at=at,
        revision=order.revision + 1,
        acknowledged_at=order.acknowledged_at or at,
        acknowledged_by=order.acknowledged_by or actor,
        **changes,
    )


def _why_not(order: WorkOrder, step: Step) -> str:
    if step is Step.CANCEL and order.is_booked and order.state not in _PAST_CANCELLING:
        return f"work order {order.number} cannot be cancelled: work or cost is booked on it; complete and close it"
    allowed = ", ".join(one.value for one in order.steps) or "nothing more"
    return f"work order {order.number} is {order.state.value}, which allows {allowed}, not {step.value}"
