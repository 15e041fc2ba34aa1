"""Whatever moves an alert or an order leaves its event, its ledger entry and its outgoing job in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from alerts.dispatch.publisher import defer_publishing
from alerts.orders.document import document, iso
from lifecycle import ledger
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
    entry = {
        "event": f"alert.{deed.event}",
        "actor": deed.actor,
        "alert_id": str(alert.alert_id),
        "asset": alert.asset,
        "kind": alert.kind,
        "severity": alert.severity.value,
        "count": alert.count,
        "onset": iso(alert.onset),
        "finding_id": str(deed.because) if deed.because else None,
    }
    ledger.append(tx, alert.site, entry, deed.at)


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
    ledger.append(tx, order.site, _order_entry(order, deed, told), deed.at)
    defer_publishing(tx, order)


def _order_entry(order: WorkOrder, deed: Deed, told: dict[str, Any]) -> dict[str, Any]:
    return {
        "event": f"order.{deed.event}",
        "actor": deed.actor,
        "number": order.number,
        "revision": order.revision,
        "asset": order.asset,
        "state": order.state.value,
        "failure_mode": order.failure_mode,
        "severity": order.severity.value,
        "finding_id": str(deed.because) if deed.because else None,
        "document_sha256": ledger.fingerprint(told),
    }
