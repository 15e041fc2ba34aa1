"""A person takes note of an alert, by itself or by moving its order."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from alerts.alarms import transitions
from alerts.journal import JournalEntry, enter_alert
from plant.alert import Alert
from plant.clock import Clock
from plant.errors import Rejected
from plant.people.principal import Principal
from storage.core.database import Database, Transaction
from storage.work import alerts as alert_rows
from storage.work import desk as rows

LONGEST_NOTE = 2000


def note_alert(tx: Transaction, alert: Alert, actor: str, at: datetime, comment: str = "") -> Alert:
    """Acknowledge an alert; a second time changes nothing."""
    if alert.flags.acknowledged:
        return alert
    noted = transitions.acknowledged(alert, actor, at, comment)
    alert_rows.keep(tx, noted)
    enter_alert(tx, noted, JournalEntry(event="acknowledged", actor=actor, at=at, note=comment))
    return alert_rows.get_alert(tx, noted.alert_id)


def acknowledge_alert(
    database: Database, alert_id: UUID, *, actor: Principal, clock: Clock, comment: str = ""
) -> Alert:
    """Take note of an alert in `actor`'s name; a second time changes nothing.

    Raises:
        NotFound: there is no such alert.
        Rejected: the comment is none that can be kept.
        Unavailable: the database is away; nothing was written.
    """
    said = plain_words(comment)
    with database.transaction() as tx:
        return note_alert(tx, lock_alert(tx, alert_id), actor.name, clock.now(), said)


def lock_alert(tx: Transaction, alert_id: UUID) -> Alert:
    """Lock an alert's asset against other deciders, and return the alert as it is then.

    Raises:
        NotFound: there is no such alert.
    """
    rows.lock_asset(tx, alert_rows.get_alert(tx, alert_id).asset_id)
    return alert_rows.get_alert(tx, alert_id)


def plain_words(said: str) -> str:
    r"""Return what a person wrote, without the space around it.

    Raises:
        Rejected: it is too long, or holds a control character.

    >>> plain_words("  seen, pump is being vented\n")
    'seen, pump is being vented'
    """
    words = said.strip()
    if len(words) > LONGEST_NOTE:
        raise Rejected("too_long", f"a remark has at most {LONGEST_NOTE} characters")
    if not all(one.isprintable() or one in "\n\t" for one in words):
        raise Rejected("control_character", "a remark holds no control characters")
    return words
