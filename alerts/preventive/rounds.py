"""Rounds over the plans: what is due gets its order, once; what should have been done by now is overdue, and told."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from procrastinate import Blueprint

from alerts.journal import JournalEntry
from alerts.orders.locked_order import lock_order, write_revision
from alerts.orders.order_notices import tell_of_order
from alerts.orders.raising import raise_order
from alerts.orders.transitions import Occasion, found_overdue
from alerts.preventive.calendar import next_due
from alerts.preventive.metering import begin_count, counted_on, is_worth_keeping
from plant.backoff import GrowingWait
from plant.clock import Clock, iso
from plant.errors import AssetloopError, Unavailable
from plant.orders.maintenance_plan import KeptPlan, MeterCount, PlanKind
from plant.orders.rules import OrderChoice
from plant.severity import Severity
from plant.work_order import WorkOrder
from storage.core.database import Database, Transaction
from storage.core.jobs import RetryWhileUnavailable
from storage.orders import maintenance_plans as rows
from storage.work import desk
from storage.work import orders as order_rows

_log = logging.getLogger(__name__)
NAMESPACE = "preventive"
QUEUE = "default"
_ACTOR = "maintenance plan"
_MOST_OVERDUE = 500
_A_FEW_TIMES = RetryWhileUnavailable(wait=GrowingWait(first_s=10.0, most_s=10.0), most_retries=3)


@dataclass(frozen=True, kw_only=True, slots=True)
class DueNow:
    """That a plan is due since an instant; `meter` is what its next occurrence has counted already, if it counts."""

    at: datetime
    because: dict[str, object]
    meter: MeterCount | None = None


def raise_due(database: Database, *, clock: Clock, console_url: str = "") -> list[str]:
    """Look at every plan that may be due, each in a transaction of its own; return the numbers of orders raised.

    Any number of processes may do so at once, and die at any instant: what is not committed is done again.

    Raises:
        Unavailable: the database is away; what was committed stands.
    """
    with database.transaction() as tx:
        waiting = rows.candidates(tx, now=clock.now())
    raised: list[str] = []
    for plan_id in waiting:
        try:
            with database.transaction() as tx:
                kept = rows.lock_plan(tx, plan_id)
                number = _advance(tx, kept, clock.now(), console_url) if kept else None
        except Unavailable:
            raise
        except AssetloopError as error:  # one bad plan must not stop the others
            _log.warning("a maintenance plan cannot be judged", extra={"plan_id": plan_id, "reason": str(error)})
            continue
        raised += [number] if number else []
    return raised


def _advance(tx: Transaction, kept: KeptPlan, now: datetime, console_url: str) -> str | None:
    """Raise the order of a plan that is due and return its number; else remember how far it has come."""
    due = _due(tx, kept, now)
    if due is None:
        return None
    order = None if kept.last_is_open else _raise(tx, kept, due, now, console_url)
    number = order.number if order else str(kept.last_order)
    order_id = order.order_id if order else order_rows.get_order(tx, number).order_id
    occurrence = kept.occurrences + 1
    rows.note_occurrence(tx, kept.plan_id, occurrence, due_at=due.at, at=now, order_id=order_id)
    rows.move_plan(
        tx,
        kept,
        occurrences=occurrence,
        next_due=_following(kept, due.at, now),
        anchor_at=now if kept.plan.kind is not PlanKind.CALENDAR else due.at,
        meter=due.meter,
        order_id=order_id,
    )
    return order.number if order else None


def _due(tx: Transaction, kept: KeptPlan, now: datetime) -> DueNow | None:
    match kept.plan.kind:
        case PlanKind.CALENDAR:
            return _due_by_calendar(tx, kept, now)
        case PlanKind.METER:
            return _due_by_meter(tx, kept, now)
        case PlanKind.CONDITION:
            return _due_by_condition(tx, kept, now)


def _due_by_calendar(tx: Transaction, kept: KeptPlan, now: datetime) -> DueNow | None:
    plan = kept.plan
    at = kept.next_due or _first_again(kept)
    if at is None or now < at - plan.lead:
        if at != kept.next_due:
            _remember(tx, kept, at)
        return None
    return DueNow(at=at, because={"condition": "calendar", "rule": plan.rule, "due": iso(at)})


def _first_again(kept: KeptPlan) -> datetime | None:
    """Return when a floating plan is due again: by its rule, from when its last order was done; None while open."""
    plan, done = kept.plan, kept.last_done_at
    if plan.begins is None or kept.last_is_open:
        return None
    if not plan.floats or done is None:
        after = kept.anchor_at if kept.occurrences else None
        return next_due(plan.rule, begins=plan.begins, zone=kept.zone, after=after, working_days=plan.working_days)
    that_day = done.astimezone(ZoneInfo(kept.zone)).replace(
        hour=plan.begins.hour, minute=plan.begins.minute, second=plan.begins.second, microsecond=0
    )
    return next_due(
        plan.rule,
        begins=that_day.replace(tzinfo=None),
        zone=kept.zone,
        after=max(done, that_day),
        working_days=plan.working_days,
    )


def _following(kept: KeptPlan, due: datetime, now: datetime) -> datetime | None:
    """Return when a fixed plan of the calendar is due next; what was missed while nobody looked is one order."""
    plan = kept.plan
    if plan.begins is None or plan.floats:
        return None
    return next_due(plan.rule, begins=plan.begins, zone=kept.zone, after=max(due, now), working_days=plan.working_days)


def _due_by_meter(tx: Transaction, kept: KeptPlan, now: datetime) -> DueNow | None:
    plan, every = kept.plan, kept.plan.every or 0.0
    since = kept.anchor_at
    if plan.floats and kept.occurrences:
        if kept.last_is_open:
            return None
        since = max(since, kept.last_done_at or since)
    if plan.running_above is not None:
        run = rows.running_hours(tx, kept.asset_id, plan.signal, above=plan.running_above, since=since)
        return _met(plan.signal, run, every, now, meter=None) if run >= every else None
    found = rows.newest_value(tx, kept.asset_id, plan.signal)
    if found is None:
        return None
    value, time = found
    if kept.meter is None or since > kept.anchor_at:  # it counts from here: new, or done again
        _keep_count(tx, kept, begin_count(value), since)
        return None
    counted = counted_on(kept.meter, value, time)
    if counted.total < every:
        if is_worth_keeping(kept.meter, counted, every):
            _keep_count(tx, kept, counted, since)
        return None
    left = replace(counted, carried=counted.total % every, anchor=counted.seen)
    return _met(plan.signal, counted.total, every, now, meter=left)


def _keep_count(tx: Transaction, kept: KeptPlan, counted: MeterCount, since: datetime) -> None:
    rows.move_plan(tx, kept, occurrences=kept.occurrences, next_due=None, anchor_at=since, meter=counted)


def _met(signal: str, counted: float, every: float, now: datetime, *, meter: MeterCount | None) -> DueNow:
    because: dict[str, object] = {"condition": "meter", "signal": signal, "least": every, "found": round(counted, 3)}
    return DueNow(at=now, because=because, meter=meter)


def _due_by_condition(tx: Transaction, kept: KeptPlan, now: datetime) -> DueNow | None:
    plan = kept.plan
    found = rows.newest_value(tx, kept.asset_id, plan.signal)
    if found is None or kept.last_is_open:
        return None
    value, time = found
    if kept.last_done_at is not None and time <= kept.last_done_at:
        return None
    is_met = (plan.above is not None and value > plan.above) or (plan.below is not None and value < plan.below)
    if not is_met:
        return None
    limit = plan.above if plan.above is not None and value > plan.above else plan.below
    return DueNow(
        at=now, because={"condition": "value", "signal": plan.signal, "limit": limit, "found": round(value, 4)}
    )


def _remember(tx: Transaction, kept: KeptPlan, at: datetime | None) -> None:
    rows.move_plan(
        tx,
        kept,
        occurrences=kept.occurrences,
        next_due=at,
        anchor_at=kept.anchor_at,
        meter=kept.meter,
    )


def _raise(tx: Transaction, kept: KeptPlan, due: DueNow, now: datetime, console_url: str) -> WorkOrder:
    plan, asset = kept.plan, desk.lock_asset(tx, kept.asset_id)
    within = max(due.at, now) - now + plan.finish_within
    choice = OrderChoice(
        work_type=plan.work_type,
        priority=plan.priority,
        finish_within=within,
        team=plan.team,
        job_plan=plan.job_plan,
        why={
            "rule": plan.name,
            "because": [due.because],
            "work_type": plan.work_type.value,
            "priority": plan.priority,
            "finish_within_s": within.total_seconds(),
            "team": plan.team or None,
            "job_plan": plan.job_plan or None,
        },
    )
    occasion = Occasion(
        failure_mode="",
        severity=Severity.INDETERMINATE,
        title=f"{asset.asset}: {plan.name}",
        evidence={
            "source": "maintenance_plan",
            "plan": plan.name,
            "occurrence": kept.occurrences + 1,
            "due": iso(due.at),
        },
        choice=choice,
    )
    return raise_order(tx, asset, occasion, JournalEntry(event="raised", actor=_ACTOR, at=now), console_url=console_url)


def note_overdue(database: Database, *, clock: Clock) -> list[str]:
    """Note of every order that should have been done by now that it is overdue, once, and tell its team.

    Raises:
        Unavailable: the database is away; what was committed stands.
    """
    with database.transaction() as tx:
        waiting = rows.overdue_orders(tx, now=clock.now(), most=_MOST_OVERDUE)
    return [number for number in waiting if _note(database, number, clock)]


def _note(database: Database, number: str, clock: Clock) -> bool:
    now = clock.now()
    with database.transaction() as tx:
        locked = lock_order(tx, number)
        order = locked.order
        if order.overdue_at is not None or not order.is_overdue(now):
            return False
        late = found_overdue(order, now)
        entry = JournalEntry(event="overdue", actor=_ACTOR, at=now)
        write_revision(tx, locked, late, entry, is_noted=False)
        tell_of_order(tx, late, "overdue", link=locked.link, at=now)
        return True


def preventive_blueprint(database: Database, clock: Clock, console_url: str) -> Blueprint:
    """Declare the rounds: every minute, one at a time."""
    blueprint = Blueprint()

    @blueprint.periodic(cron="* * * * *")
    @blueprint.task(name="round", queue=QUEUE, queueing_lock=f"{NAMESPACE}:round", retry=_A_FEW_TIMES)
    def make_rounds(timestamp: int) -> None:  # noqa: ARG001 - periodic tasks get it
        raise_due(database, clock=clock, console_url=console_url)
        note_overdue(database, clock=clock)

    return blueprint
