"""A work order, locked while it is changed once and written with event, document, ledger entry and job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from alerts.alarms.acknowledgement import note_alert
from alerts.journal import JournalEntry, enter_order
from plant.clock import iso
from plant.errors import NotFound, StaleRevision
from plant.work_order import Closing, WorkOrder
from storage.core.database import Transaction
from storage.register.assets import RegisteredAsset
from storage.work import alerts as alert_rows
from storage.work import desk as rows
from storage.work import orders as order_rows


@dataclass(frozen=True, kw_only=True, slots=True)
class LockedOrder:
    """An order and its asset, locked until the transaction ends; `link` is where the console shows it."""

    order: WorkOrder
    asset: RegisteredAsset
    link: str | None


def lock_order(tx: Transaction, number: str) -> LockedOrder:
    """Lock an order against other deciders.

    Raises:
        NotFound: there is no such order.
    """
    asset = rows.lock_asset(tx, order_rows.get_order(tx, number).asset_id)
    return LockedOrder(
        order=order_rows.get_order(tx, number), asset=asset, link=order_rows.get_document(tx, number)["link"]
    )


def refuse_stale(tx: Transaction, order: WorkOrder, revision: int | None, wanted: Mapping[str, Any]) -> None:
    """Let somebody go on only from the revision that they read; None is whoever did not say which that was.

    Raises:
        StaleRevision: the order has moved on; it holds how the order stands, and how it would with what is `wanted`.
    """
    if revision in (None, order.revision):
        return
    newest = order_rows.order_event(tx, order.order_id, order.revision)
    try:
        read = order_rows.order_event(tx, order.order_id, revision or 0).document
    except NotFound:
        read = {}
    yours = {name: read.get(name) for name in _EDITED} | {"revision": revision} | dict(wanted)
    current = {name: newest.document.get(name) for name in _EDITED} | {"revision": order.revision}
    said = f"work order {order.number} was changed by {newest.actor} at {iso(newest.at)}; look at both and decide"
    raise StaleRevision(said, current=current, yours=yours)


_EDITED = ("state", "title", "priority", "work_type", "requested_finish", "team", "assignee")


def touched(order: WorkOrder, actor: str, at: datetime, **changes: Any) -> WorkOrder:
    """Return the next revision of an order; whoever makes it has taken note of the order."""
    return replace(
        order,
        changed_at=at,
        revision=order.revision + 1,
        acknowledged_at=order.acknowledged_at or at,
        acknowledged_by=order.acknowledged_by or actor,
        **changes,
    )


def write_revision(
    tx: Transaction,
    locked: LockedOrder,
    moved: WorkOrder,
    entry: JournalEntry,
    *,
    closing: Closing | None = None,
    is_noted: bool = True,
) -> WorkOrder:
    """Write what became of a locked order and, where a person did it, that they have taken note of its alert."""
    order_rows.keep(tx, moved)
    alert_id = order_rows.alert_of_order(tx, moved.order_id) if is_noted else None
    if alert_id is not None:
        note_alert(tx, alert_rows.get_alert(tx, alert_id), entry.actor, entry.at)
    enter_order(tx, moved, entry, asset_name=locked.asset.name, link=locked.link, closing=closing)
    return moved
