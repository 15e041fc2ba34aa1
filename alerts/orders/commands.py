"""What people do with work orders: report, move, book, close; each is one transaction with event, document and job."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alerts.alarms.suppression import suppress_alerts
from alerts.journal import JournalEntry
from alerts.knowledge.indexing import index_order
from alerts.orders import transitions
from alerts.orders.checklist import refuse_unanswered
from alerts.orders.downtime import note_failure
from alerts.orders.locked_order import lock_order, refuse_stale, write_revision
from alerts.orders.order_notices import end_notices, note_notices
from alerts.orders.raising import raise_order
from alerts.orders.stock import release_all
from lifecycle.register.relearning import learn_again
from plant.clock import Clock
from plant.errors import Conflict, Rejected
from plant.iso14224 import Activity, known_cause, known_failure_mode
from plant.orders.rules import OrderCase, choose_anyway
from plant.orders.wording import plain_text, readable
from plant.people.principal import Principal
from plant.work_order import Closing, FailureReport, OrderState, Outcome, Step, WorkOrder
from storage.core.database import Database, Transaction
from storage.models import labels, remaining
from storage.orders.order_rules import order_rules_of
from storage.register import assets
from storage.work import alerts as alert_rows
from storage.work import desk as rows
from storage.work import orders as order_rows
from storage.work import suppression
from storage.work.suppression import SuppressionReason


@dataclass(frozen=True, kw_only=True, slots=True)
class Codes:
    """What a person says when closing an order.

    `failed_at` is when the machine lost its function, None where that was prevented. `restored_at` is when it could run
    again, the end of the work unless told. `relearn` says whether its normal may be another one since; unless told, the
    action decides. Planned work that found no fault has neither failure mode nor cause.
    """

    outcome: Outcome
    failure_mode: str
    cause: str
    action: Activity
    note: str = ""
    failed_at: datetime | None = None
    restored_at: datetime | None = None
    relearn: bool | None = None


def acknowledge_order(database: Database, number: str, *, actor: Principal, clock: Clock) -> WorkOrder:
    """Take note of an order and its alert in `actor`'s name; a second time changes nothing.

    Raises:
        NotFound: there is no such order.
        Unavailable: the database is away; nothing was written.
    """
    now = clock.now()
    with database.transaction() as tx:
        locked = lock_order(tx, number)
        if locked.order.acknowledged_at is not None:
            return locked.order
        noted = transitions.acknowledged(locked.order, actor.name, now)
        note_notices(tx, noted, at=now, by=actor.name)
        return write_revision(tx, locked, noted, JournalEntry(event="acknowledged", actor=actor.name, at=now))


def take_step(
    database: Database,
    number: str,
    step: Step,
    *,
    actor: Principal,
    clock: Clock,
    note: str = "",
    revision: int | None = None,
) -> WorkOrder:
    """Move an order by one step in `actor`'s name, from the `revision` they read. Closing wants codes: `close_order`.

    Raises:
        NotFound: there is no such order.
        StaleRevision: somebody else changed it meanwhile.
        Conflict: its state, or what is booked on it, does not allow the step.
        Rejected: the step is closing.
    """
    if step is Step.CLOSE:
        raise Rejected("codes_needed", "an order is closed with its codes: outcome, failure mode, cause and action")
    now = clock.now()
    with database.transaction() as tx:
        locked = lock_order(tx, number)
        refuse_stale(tx, locked.order, revision, {"state": step.leads_to.value})
        moved = transitions.stepped(locked.order, step, actor.name, now)
        if step is Step.COMPLETE:
            refuse_unanswered(tx, locked.order)
        write_revision(
            tx, locked, moved, JournalEntry(event=transitions.event_of(step), actor=actor.name, at=now, note=note)
        )
        _keep_quiet_while_at_work(tx, locked.order, moved, actor=actor.name, at=now)
        if step is Step.CANCEL:
            release_all(tx, moved, actor=actor.name, clock=clock)
        if step in {Step.CANCEL, Step.COMPLETE}:
            end_notices(tx, moved, at=now)
        return moved


def close_order(
    database: Database, number: str, codes: Codes, *, actor: Principal, clock: Clock, revision: int | None = None
) -> WorkOrder:
    """Close an order with its codes in `actor`'s name, from the `revision` they read.

    Raises:
        NotFound: there is no such order.
        StaleRevision: somebody else changed it meanwhile.
        Conflict: it is not completed.
        Rejected: a code is not in its list, or the times contradict each other.
    """
    now = clock.now()
    with database.transaction() as tx:
        locked = lock_order(tx, number)
        refuse_stale(tx, locked.order, revision, {"state": OrderState.CLOSE.value})
        moved = transitions.closed(locked.order, actor.name, now)
        closing = _closing(codes, moved, actor.name, now)
        order_rows.close(tx, moved.order_id, closing)
        write_revision(
            tx, locked, moved, JournalEntry(event="closed", actor=actor.name, at=now, note=codes.note), closing=closing
        )
        if closing.failure_mode:  # planned work that found nothing says nothing of any finding
            labels.write(tx, moved.order_id)
        index_order(tx, moved.order_id)
        note_failure(tx, moved, closing)
        release_all(tx, moved, actor=actor.name, clock=clock)
        if closing.relearn:
            learn_again(
                tx, locked.asset, reason="action", since=closing.restored_at, at=now, by=actor.name, order=moved
            )
        return moved


def report_failure(
    database: Database,
    site: str,
    tag: str,
    report: FailureReport,
    *,
    clock: Clock,
    console_url: str = "",
) -> WorkOrder:
    """Raise an order for a failure that a person saw. What stands open of the same failure mode joins it.

    Where nothing does, nothing had noticed the failure: it counts as missed once it is confirmed.

    Raises:
        NotFound: there is no such asset.
        Conflict: an order for this failure mode stands open at the asset.
        Rejected: the failure mode is not in its list, or the failure lies in the future.
    """
    now = clock.now()
    known_failure_mode(report.failure_mode)
    plain_text(report.what, what="line")
    readable(report.words, what="words")
    _refuse_future("failed_at", report.failed_at, now)
    with database.transaction() as tx:
        asset = rows.lock_asset(tx, assets.get_asset(tx, site, tag).asset_id)
        _refuse_second(order_rows.open_orders(tx, asset.asset_id), report.failure_mode)
        case = OrderCase(severity=report.severity, failure_mode=report.failure_mode)
        choice = choose_anyway(order_rules_of(tx, asset.asset_class), case)
        in_alerts = alert_rows.open_findings(tx, asset_id=asset.asset_id, failure_mode=report.failure_mode)
        return raise_order(
            tx,
            asset,
            transitions.for_report(report, asset, choice, remaining.newest(tx, asset.asset_id)),
            JournalEntry(event="reported", actor=report.actor.name, at=now),
            findings=[finding_id for finding_id, _ in in_alerts],
            alert_id=in_alerts[0][1] if in_alerts else None,
            console_url=console_url,
        )


def _keep_quiet_while_at_work(
    tx: Transaction, before: WorkOrder, after: WorkOrder, *, actor: str, at: datetime
) -> None:
    """Suppress by design what is found at the asset for as long as the order is in progress."""
    was, is_now = before.state is OrderState.INPRG, after.state is OrderState.INPRG
    if was == is_now:
        return
    change = suppression.begin if is_now else suppression.end
    change(tx, asset_id=after.asset_id, reason=SuppressionReason.WORK, at=at, by=actor, order_id=after.order_id)
    suppress_alerts(tx, after.asset_id, actor=actor, at=at)


def _closing(codes: Codes, order: WorkOrder, actor: str, at: datetime) -> Closing:
    restored_at = codes.restored_at or order.completed_at or at
    _refuse_future("failed_at", codes.failed_at, at)
    _refuse_future("restored_at", restored_at, at)
    if codes.failed_at is not None and codes.failed_at > restored_at:
        raise Rejected("bad_time", "failed_at lies after restored_at")
    if codes.failed_at is not None and codes.outcome is not Outcome.CONFIRMED:
        raise Rejected("contradiction", f"a machine that failed is no {codes.outcome.value}; leave failed_at out")
    is_planned = order.failure_mode == "" and codes.outcome is Outcome.NO_FAULT_FOUND
    finds_nothing = is_planned and not codes.failure_mode and not codes.cause
    return Closing(
        outcome=codes.outcome,
        failure_mode="" if finds_nothing else known_failure_mode(codes.failure_mode),
        cause="" if finds_nothing else known_cause(codes.cause),
        action=codes.action,
        note=codes.note,
        failed_at=codes.failed_at,
        restored_at=restored_at,
        relearn=codes.action.renews if codes.relearn is None else codes.relearn,
        closed_at=at,
        closed_by=actor,
    )


def _refuse_future(name: str, time: datetime | None, now: datetime) -> None:
    if time is not None and time > now:
        raise Rejected("in_the_future", f"{name} {time.isoformat()} lies in the future")


def _refuse_second(standing: list[WorkOrder], failure_mode: str) -> None:
    for order in standing:
        if order.failure_mode == failure_mode:
            raise Conflict(f"{order.number} stands open for {failure_mode} at {order.asset}: work on that one")
