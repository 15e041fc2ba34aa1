"""Whatever moves an alert or an order leaves its event, its ledger entry and its outgoing job in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from alerts.alarms.document import alert_document
from alerts.alarms.publishing import defer_publishing_alerts
from alerts.dispatch.publishing import defer_publishing
from alerts.orders.document import order_document
from lifecycle import ledger
from lifecycle.ledger_events import AlertMoved, OrderMoved
from plant.alert import Alert
from plant.work_order import Closing, WorkOrder
from storage.core.database import Transaction
from storage.work import alerts as alert_rows
from storage.work import orders as order_rows

TELLING_EVENTS = frozenset({"raised", "repeated", "told"})
"""By these changes of an alert people may be told of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class JournalEntry:
    """What happened to an alert or an order, who did it, and when by the clock.

    `because` is the finding that led to it, `note` what the actor says.
    """

    event: str
    actor: str
    at: datetime
    because: UUID | None = None
    note: str = ""


def enter_alert(tx: Transaction, alert: Alert, entry: JournalEntry) -> None:
    """Write an alert's revision with its document, enter it in the site's ledger, and enqueue its publication."""
    document = alert_document(alert, event=entry.event, actor=entry.actor, at=entry.at, note=entry.note)
    alert_rows.add_event(
        tx,
        alert_rows.AlertEvent(
            alert_id=alert.alert_id,
            revision=alert.revision,
            at=entry.at,
            actor=entry.actor,
            event=entry.event,
            note=entry.note,
            document=document,
            tells=alert.told_at == entry.at and entry.event in TELLING_EVENTS,
        ),
    )
    defer_publishing_alerts(tx)
    moved = AlertMoved(event=entry.event, actor=entry.actor, alert=alert, finding_id=entry.because)
    ledger.note(tx, alert.site, moved, entry.at)


def enter_order(
    tx: Transaction,
    order: WorkOrder,
    entry: JournalEntry,
    *,
    asset_name: str,
    link: str | None,
    closing: Closing | None = None,
) -> None:
    """Write a revision's event and document, enter it in the ledger, and enqueue its publication."""
    document = order_document(
        order, event=entry.event, asset_name=asset_name, link=link, note=entry.note, closing=closing
    )
    order_rows.add_event(
        tx,
        order_rows.OrderEvent(
            order_id=order.order_id,
            revision=order.revision,
            at=entry.at,
            actor=entry.actor,
            event=entry.event,
            document=document,
        ),
    )
    moved = OrderMoved(
        event=entry.event,
        actor=entry.actor,
        order=order,
        document_sha256=ledger.fingerprint(document),
        finding_id=entry.because,
    )
    ledger.note(tx, order.site, moved, entry.at)
    defer_publishing(tx, order)
