"""A work order in a person's hands: locked, changed once, and written with event, document, ledger entry and job."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from alerts.alarms import transitions
from alerts.orders import document
from alerts.orders.journal import Deed, enter_alert, enter_order
from plant.alert import Alert
from plant.clock import Clock
from plant.principal import Principal
from plant.work_order import Closing, WorkOrder
from storage.core.database import Database, Transaction
from storage.register.assets import RegisteredAsset
from storage.work import alerts as alert_rows
from storage.work import desk as rows
from storage.work import orders as order_rows


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """An order and its asset, locked until the transaction ends; `link` is where the console shows it."""

    order: WorkOrder
    asset: RegisteredAsset
    link: str | None


def hold(tx: Transaction, number: str) -> Held:
    """Lock an order against other deciders.

    Raises:
        NotFound: there is no such order.
    """
    asset = rows.lock_asset(tx, order_rows.get_order(tx, number).asset_id)
    return Held(order=order_rows.get_order(tx, number), asset=asset, link=order_rows.get_document(tx, number)["link"])


def write(tx: Transaction, held: Held, moved: WorkOrder, deed: Deed, *, closing: Closing | None = None) -> WorkOrder:
    """Write what became of a held order, and that whoever did it has taken note of its alert."""
    order_rows.keep(tx, moved)
    alert_id = order_rows.alert_of_order(tx, moved.order_id)
    if alert_id is not None:
        note_alert(tx, alert_rows.get_alert(tx, alert_id), deed.actor, deed.at)
    enter_order(tx, moved, deed, asset_name=held.asset.name, link=held.link, closing=closing)
    return moved


def note_alert(tx: Transaction, alert: Alert, actor: str, at: datetime) -> Alert:
    """Acknowledge an alert; a second time changes nothing."""
    if alert.flags.acknowledged:
        return alert
    noted = transitions.acknowledged(alert, actor, at)
    alert_rows.keep(tx, noted)
    enter_alert(tx, noted, Deed(event="acknowledged", actor=actor, at=at))
    return noted


def acknowledge_order(database: Database, number: str, *, actor: Principal, clock: Clock) -> WorkOrder:
    """Take note of an order and its alert in `actor`'s name; a second time changes nothing.

    Raises:
        NotFound: there is no such order.
        Unavailable: the database is away; nothing was written.
    """
    now = clock.now()
    with database.transaction() as tx:
        held = hold(tx, number)
        if held.order.acknowledged_at is not None:
            return held.order
        noted = document.acknowledged(held.order, actor.name, now)
        return write(tx, held, noted, Deed(event="acknowledged", actor=actor.name, at=now))


def acknowledge_alert(database: Database, alert_id: UUID, *, actor: Principal, clock: Clock) -> Alert:
    """Take note of an alert in `actor`'s name; a second time changes nothing.

    Raises:
        NotFound: there is no such alert.
        Unavailable: the database is away; nothing was written.
    """
    with database.transaction() as tx:
        rows.lock_asset(tx, alert_rows.get_alert(tx, alert_id).asset_id)
        return note_alert(tx, alert_rows.get_alert(tx, alert_id), actor.name, clock.now())
