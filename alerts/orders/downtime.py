"""The time that a machine stood, with its reason: noted at an order, or at the asset, and found from both."""

from __future__ import annotations

from datetime import datetime

from alerts.journal import JournalEntry
from alerts.orders.locked_order import lock_order, touched, write_revision
from plant.clock import Clock
from plant.errors import Conflict, Rejected
from plant.orders.spending import Downtime
from plant.orders.wording import plain_text
from plant.people.principal import Principal
from plant.work_order import Closing, WorkOrder
from storage.core.database import Database, Transaction
from storage.orders import downtimes

_MOST_REASON = 500


def note_downtime(
    database: Database,
    number: str,
    *,
    down_from: datetime,
    down_to: datetime | None,
    reason: str,
    is_planned: bool,
    actor: Principal,
    clock: Clock,
) -> WorkOrder:
    """Note at an order that its machine stood, or still stands where `down_to` is None.

    Raises:
        NotFound: there is no such order.
        Conflict: the machine is known to have stood at some of that time.
        Rejected: the time lies in the future or ends before it begins, or the reason is no plain text.
    """
    reason, now = plain_text(reason, what="reason", most=_MOST_REASON), clock.now()
    if down_from > now or (down_to is not None and not down_from < down_to <= now):
        raise Rejected("bad_time", "a machine stood from an instant to a later one, neither of them in the future")
    with database.transaction() as tx:
        locked = lock_order(tx, number)
        order = locked.order
        if downtimes.overlaps(tx, order.asset_id, down_from, down_to):
            raise Conflict(f"{order.asset} is known to have stood at some of that time")
        stood = Downtime(
            asset_id=order.asset_id,
            down_from=down_from,
            down_to=down_to,
            reason=reason,
            is_planned=is_planned,
            noted_at=now,
            noted_by=actor.name,
        )
        downtimes.add_downtime(tx, stood, order_id=order.order_id)
        entry = JournalEntry(event="downtime_noted", actor=actor.name, at=now, note=reason)
        return write_revision(tx, locked, touched(order, actor.name, now), entry)


def end_downtime(database: Database, number: str, *, at: datetime, actor: Principal, clock: Clock) -> WorkOrder:
    """Say until when the machine of an order stood.

    Raises:
        NotFound: there is no such order.
        Conflict: the machine does not stand, or stood only later.
        Rejected: the instant lies in the future.
    """
    now = clock.now()
    if at > now:
        raise Rejected("in_the_future", f"{at.isoformat()} lies in the future")
    with database.transaction() as tx:
        locked = lock_order(tx, number)
        if not downtimes.end_downtime(tx, locked.order.asset_id, at=at, noted_at=now, by=actor.name):
            raise Conflict(f"{locked.order.asset} is not known to stand, or only since later")
        entry = JournalEntry(event="downtime_ended", actor=actor.name, at=now)
        return write_revision(tx, locked, touched(locked.order, actor.name, now), entry)


def note_failure(tx: Transaction, order: WorkOrder, closing: Closing) -> None:
    """Note the time that a machine stood by what an order was closed with, where nobody has noted it."""
    failed, restored = closing.failed_at, closing.restored_at
    if failed is None or failed >= restored or downtimes.overlaps(tx, order.asset_id, failed, restored):
        return
    stood = Downtime(
        asset_id=order.asset_id,
        down_from=failed,
        down_to=restored,
        reason=f"{closing.failure_mode} {order.title}"[:_MOST_REASON],
        is_planned=False,
        noted_at=closing.closed_at,
        noted_by=closing.closed_by,
    )
    downtimes.add_downtime(tx, stood, order_id=order.order_id)
