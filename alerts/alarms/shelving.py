"""A person puts an alert aside for a limited time, with the reason, and takes it up again.

What is shelved is an asset's alerts of one kind: also one that is raised meanwhile is kept, and told to nobody. When
the time is over, or the person takes it up again, the desk tells within a second what still stands; what came and went
meanwhile is in the record alone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from alerts.alarms import transitions
from alerts.alarms.acknowledgement import lock_alert, plain_words
from alerts.alarms.rules import Wait
from alerts.journal import JournalEntry, enter_alert
from plant.alert import Alert
from plant.clock import Clock
from plant.errors import Conflict, Rejected
from plant.people.principal import Principal
from storage.core.database import Database, Transaction
from storage.register.rationalisations import rationalisations_of
from storage.work import alerts as alert_rows
from storage.work import desk as rows
from storage.work import shelving

MOST_HOURS = 8.0
"""For so long an alert may be shelved, unless the register says otherwise for its class and kind."""


def shelve_alert(
    database: Database,
    alert_id: UUID,
    *,
    hours: float,
    reason: str,
    actor: Principal,
    clock: Clock,
) -> Alert:
    """Put an open alert aside for some hours in `actor`'s name; a second time counts anew.

    Raises:
        NotFound: there is no such alert.
        Conflict: it is no longer open.
        Rejected: no reason, or longer than may be.
    """
    with database.transaction() as tx:
        return shelve_locked(tx, lock_alert(tx, alert_id), hours=hours, reason=reason, actor=actor.name, at=clock.now())


def shelve_locked(tx: Transaction, alert: Alert, *, hours: float, reason: str, actor: str, at: datetime) -> Alert:
    """Put a locked alert aside for some hours.

    Raises:
        Conflict, Rejected: as above.
    """
    why = plain_words(reason)
    if not why:
        raise Rejected("reason_needed", "say why the alert is shelved")
    if not alert.flags.is_open:
        raise Conflict(f"this alert of {alert.asset} is over: there is nothing to shelve")
    until = at + timedelta(hours=_bounded(tx, alert, hours))
    shelving.end(tx, asset_id=alert.asset_id, kind=alert.kind, at=at, by=actor)
    shelving.begin(tx, asset_id=alert.asset_id, kind=alert.kind, at=at, until=until, by=actor, reason=why)
    rows.wait_of_asset(tx, alert.asset_id, waits=Wait.SHELVED, at=at, kind=alert.kind)
    aside = transitions.shelved(alert, actor, until, why)
    alert_rows.keep(tx, aside)
    enter_alert(tx, aside, JournalEntry(event="shelved", actor=actor, at=at, note=why))
    return aside


def _bounded(tx: Transaction, alert: Alert, hours: float) -> float:
    said = rationalisations_of(tx, [alert.asset_id]).get((alert.asset_id, alert.kind))
    most = (said.shelve_most_hours if said else None) or MOST_HOURS
    if not 0 < hours <= most:
        raise Rejected("bad_duration", f"this alert is shelved for more than 0 and at most {most:g} h")
    return hours


def unshelve_alert(database: Database, alert_id: UUID, *, actor: Principal, clock: Clock) -> Alert:
    """Take an alert up again before its time, in `actor`'s name.

    Raises:
        NotFound: there is no such alert.
        Conflict: it is not shelved.
    """
    with database.transaction() as tx:
        return unshelve_locked(tx, lock_alert(tx, alert_id), actor=actor.name, at=clock.now())


def unshelve_locked(tx: Transaction, alert: Alert, *, actor: str, at: datetime) -> Alert:
    """Take a locked alert up again before its time; raises `Conflict` where it is not shelved."""
    if not alert.flags.is_shelved(at):
        raise Conflict(f"this alert of {alert.asset} is not shelved")
    shelving.end(tx, asset_id=alert.asset_id, kind=alert.kind, at=at, by=actor)
    back = transitions.unshelved(alert)
    alert_rows.keep(tx, back)
    enter_alert(tx, back, JournalEntry(event="unshelved", actor=actor, at=at))
    return back
