"""How a work order moves: raised, joined by further findings, worsened, and step by step through the Maximo life.

WAPPR → APPR → {WSCH, WMATL, WPCOND} → INPRG → COMP → CLOSE, and CAN. From APPR work may begin at once; work that has to
wait goes back to a waiting state. COMP moves only to CLOSE; CLOSE and CAN end. Pure; the record is elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from alerts.alarms.rules import DeskRules, priority_of
from alerts.orders.document import evidence, report_evidence, report_title, title
from plant.errors import Conflict
from plant.finding import Finding
from plant.work_order import FailureReport, OrderState, Step, WorkOrder
from storage.models.remaining import RemainingLifeEstimate
from storage.register.assets import RegisteredAsset
from storage.work.orders import order_number


def raised(
    order_id: int,
    finding: Finding,
    asset: RegisteredAsset,
    rules: DeskRules,
    at: datetime,
    left: RemainingLifeEstimate | None = None,
) -> WorkOrder:
    """Raise an order for a finding; it waits for approval. `left` is what was last told of the machine's life."""
    return WorkOrder(
        order_id=order_id,
        number=order_number(order_id),
        asset_id=finding.asset_id,
        site=asset.site,
        asset=asset.asset,
        asset_class=asset.asset_class,
        failure_mode=finding.failure_mode,
        state=OrderState.WAPPR,
        priority=priority_of(finding.severity),
        severity=finding.severity,
        title=title(finding, asset),
        evidence=evidence(finding, left),
        requested_finish=rules.requested_finish(finding.severity, at),
        created_at=at,
        changed_at=at,
        revision=1,
    )


def joined(order: WorkOrder, at: datetime) -> WorkOrder:
    """Let a further finding join; the evidence stays that of the worst."""
    return replace(order, changed_at=at, revision=order.revision + 1)


def worsened(
    order: WorkOrder,
    finding: Finding,
    asset: RegisteredAsset,
    rules: DeskRules,
    at: datetime,
    left: RemainingLifeEstimate | None = None,
) -> WorkOrder:
    """Take over a worse finding's severity, urgency and evidence; the finish is never put off."""
    return replace(
        order,
        severity=finding.severity,
        priority=min(order.priority, priority_of(finding.severity)),
        title=title(finding, asset),
        evidence=evidence(finding, left),
        requested_finish=min(order.requested_finish, rules.requested_finish(finding.severity, at)),
        changed_at=at,
        revision=order.revision + 1,
    )


def acknowledged(order: WorkOrder, actor: str, at: datetime) -> WorkOrder:
    """Say that somebody has taken note; the state stays as it is."""
    return replace(order, acknowledged_at=at, acknowledged_by=actor, changed_at=at, revision=order.revision + 1)


def reported(
    report: FailureReport,
    order_id: int,
    asset: RegisteredAsset,
    rules: DeskRules,
    at: datetime,
    left: RemainingLifeEstimate | None = None,
) -> WorkOrder:
    """Raise an order for what a person reports; it waits for approval, and its reporter has taken note of it."""
    return WorkOrder(
        order_id=order_id,
        number=order_number(order_id),
        asset_id=asset.asset_id,
        site=asset.site,
        asset=asset.asset,
        asset_class=asset.asset_class,
        failure_mode=report.failure_mode,
        state=OrderState.WAPPR,
        priority=priority_of(report.severity),
        severity=report.severity,
        title=report_title(report, asset),
        evidence=report_evidence(report, left),
        requested_finish=rules.requested_finish(report.severity, at),
        created_at=at,
        changed_at=at,
        revision=1,
        acknowledged_at=at,
        acknowledged_by=report.actor.name,
    )


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
