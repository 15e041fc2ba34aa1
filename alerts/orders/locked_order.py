"""A work order, locked while it is changed once and written with event, document, ledger entry and job."""

from __future__ import annotations

from dataclasses import dataclass

from alerts.alarms.acknowledgement import note_alert
from alerts.journal import JournalEntry, enter_order
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


def write_revision(
    tx: Transaction, locked: LockedOrder, moved: WorkOrder, entry: JournalEntry, *, closing: Closing | None = None
) -> WorkOrder:
    """Write what became of a locked order, and that whoever did it has taken note of its alert."""
    order_rows.keep(tx, moved)
    alert_id = order_rows.alert_of_order(tx, moved.order_id)
    if alert_id is not None:
        note_alert(tx, alert_rows.get_alert(tx, alert_id), entry.actor, entry.at)
    enter_order(tx, moved, entry, asset_name=locked.asset.name, link=locked.link, closing=closing)
    return moved
