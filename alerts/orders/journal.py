"""Whatever moves an alert or an order leaves its event, its ledger entry and its outgoing job in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from alerts.dispatch.publisher import defer_publishing
from alerts.orders.document import document
from lifecycle import ledger
from lifecycle.ledger_events import AlertMoved, OrderMoved
from plant.alert import Alert
from plant.work_order import Closing, WorkOrder
from storage.core.database import Transaction
from storage.work import orders as order_rows


@dataclass(frozen=True, kw_only=True, slots=True)
class Deed:
    """Who did what to it, and when by the clock; `because` is the finding that led to it, `note` what the doer says."""

    event: str
    actor: str
    at: datetime
    because: UUID | None = None
    note: str = ""


def enter_alert(tx: Transaction, alert: Alert, deed: Deed) -> None:
    """Enter in the site's ledger what happened to an alert."""
    moved = AlertMoved(event=deed.event, actor=deed.actor, alert=alert, finding_id=deed.because)
    ledger.append(tx, alert.site, moved, deed.at)


def enter_order(
    tx: Transaction,
    order: WorkOrder,
    deed: Deed,
    *,
    asset_name: str,
    link: str | None,
    closing: Closing | None = None,
) -> None:
    """Write a revision's event and document, enter it in the ledger, and enqueue its publication."""
    told = document(order, event=deed.event, asset_name=asset_name, link=link, note=deed.note, closing=closing)
    order_rows.add_event(
        tx,
        order_rows.OrderEvent(
            order_id=order.order_id,
            revision=order.revision,
            at=deed.at,
            actor=deed.actor,
            event=deed.event,
            document=told,
        ),
    )
    moved = OrderMoved(
        event=deed.event,
        actor=deed.actor,
        order=order,
        document_sha256=ledger.fingerprint(told),
        finding_id=deed.because,
    )
    ledger.append(tx, order.site, moved, deed.at)
    defer_publishing(tx, order)
