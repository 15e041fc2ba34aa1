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


def event_of_alert(alert: Alert, entry: JournalEntry) -> alert_rows.AlertEvent:
    """Say what became of an alert in its newest revision, with the document that goes out."""
    return alert_rows.AlertEvent(
        alert_id=alert.alert_id,
        revision=alert.revision,
        at=entry.at,
        actor=entry.actor,
        event=entry.event,
        note=entry.note,
        document=alert_document(alert, event=entry.event, actor=entry.actor, at=entry.at, note=entry.note),
        tells=alert.told_at == entry.at and entry.event in TELLING_EVENTS,
    )


def note_alert_moved(tx: Transaction, alert: Alert, entry: JournalEntry) -> None:
    """Enter in the site's ledger what became of an alert."""
    moved = AlertMoved(event=entry.event, actor=entry.actor, alert=alert, finding_id=entry.because)
    ledger.note(tx, alert.site, moved, entry.at)


def enter_alert(tx: Transaction, alert: Alert, entry: JournalEntry) -> None:
    """Write an alert's revision with its document, enter it in the site's ledger, and enqueue its publication."""
    alert_rows.add_event(tx, event_of_alert(alert, entry))
    defer_publishing_alerts(tx)
    note_alert_moved(tx, alert, entry)


def event_of_order(
    order: WorkOrder, entry: JournalEntry, *, asset_name: str, link: str | None, closing: Closing | None = None
) -> order_rows.OrderEvent:
    """Say what happened to an order in its newest revision, with the document that goes out."""
    return order_rows.OrderEvent(
        order_id=order.order_id,
        revision=order.revision,
        at=entry.at,
        actor=entry.actor,
        event=entry.event,
        document=order_document(
            order, event=entry.event, asset_name=asset_name, link=link, note=entry.note, closing=closing
        ),
    )


def note_order_moved(tx: Transaction, order: WorkOrder, event: order_rows.OrderEvent, *, because: UUID | None) -> None:
    """Enter in the site's ledger what happened to an order."""
    moved = OrderMoved(
        event=event.event,
        actor=event.actor,
        order=order,
        document_sha256=ledger.fingerprint(event.document),
        finding_id=because,
    )
    ledger.note(tx, order.site, moved, event.at)


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
    event = event_of_order(order, entry, asset_name=asset_name, link=link, closing=closing)
    order_rows.add_event(tx, event)
    note_order_moved(tx, order, event, because=entry.because)
    defer_publishing(tx)
