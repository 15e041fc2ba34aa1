"""A person takes note of an alert, by itself or by moving its order."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from alerts.alarms import transitions
from alerts.journal import JournalEntry, enter_alert
from plant.alert import Alert
from plant.clock import Clock
from plant.people.principal import Principal
from storage.core.database import Database, Transaction
from storage.work import alerts as alert_rows
from storage.work import desk as rows


def note_alert(tx: Transaction, alert: Alert, actor: str, at: datetime) -> Alert:
    """Acknowledge an alert; a second time changes nothing."""
    if alert.flags.acknowledged:
        return alert
    noted = transitions.acknowledged(alert, actor, at)
    alert_rows.keep(tx, noted)
    enter_alert(tx, noted, JournalEntry(event="acknowledged", actor=actor, at=at))
    return noted


def acknowledge_alert(database: Database, alert_id: UUID, *, actor: Principal, clock: Clock) -> Alert:
    """Take note of an alert in `actor`'s name; a second time changes nothing.

    Raises:
        NotFound: there is no such alert.
        Unavailable: the database is away; nothing was written.
    """
    with database.transaction() as tx:
        rows.lock_asset(tx, alert_rows.get_alert(tx, alert_id).asset_id)
        return note_alert(tx, alert_rows.get_alert(tx, alert_id), actor.name, clock.now())
