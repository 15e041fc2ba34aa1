"""A person acknowledges or shelves several alerts with one word; what cannot be done to one is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from alerts.alarms.acknowledgement import acknowledge_alert, plain_words
from alerts.alarms.shelving import shelve_alert
from plant.alert import Alert
from plant.clock import Clock
from plant.errors import Conflict, NotFound, Rejected
from plant.people.principal import Principal
from storage.core.database import Database

MOST_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class BulkOutcome:
    """Which alerts it was done to, and why not to the others."""

    done: tuple[UUID, ...]
    refused: tuple[tuple[UUID, str], ...]


def acknowledge_alerts(
    database: Database, alert_ids: Sequence[UUID], *, actor: Principal, clock: Clock, comment: str = ""
) -> BulkOutcome:
    """Take note of several alerts in `actor`'s name, with one comment.

    Raises:
        Rejected: none or too many were named, or the comment is none that can be kept; nothing was done.
        Unavailable: the database went away; what was done until then stands, and doing it again changes nothing.
    """
    said = plain_words(comment)

    def acknowledge(alert_id: UUID) -> Alert:
        return acknowledge_alert(database, alert_id, actor=actor, clock=clock, comment=said)

    return _each(alert_ids, acknowledge)


def shelve_alerts(
    database: Database, alert_ids: Sequence[UUID], *, hours: float, reason: str, actor: Principal, clock: Clock
) -> BulkOutcome:
    """Put several alerts aside for some hours in `actor`'s name, for one reason.

    Raises:
        Rejected: none or too many were named, or no reason was given; nothing was done.
        Unavailable: the database went away; what was done until then stands.
    """
    why = plain_words(reason)
    if not why:
        raise Rejected("reason_needed", "say why the alerts are shelved")

    def shelve(alert_id: UUID) -> Alert:
        return shelve_alert(database, alert_id, hours=hours, reason=why, actor=actor, clock=clock)

    return _each(alert_ids, shelve)


def _each(alert_ids: Sequence[UUID], act: Callable[[UUID], Alert]) -> BulkOutcome:
    wanted = list(dict.fromkeys(alert_ids))
    if not 0 < len(wanted) <= MOST_AT_ONCE:
        raise Rejected("bad_number_of_alerts", f"name 1 to {MOST_AT_ONCE} alerts at once")
    done, refused = [], []
    for alert_id in wanted:
        try:
            act(alert_id)
        except (Conflict, NotFound, Rejected) as error:
            refused.append((alert_id, str(error)))
        else:
            done.append(alert_id)
    return BulkOutcome(done=tuple(done), refused=tuple(refused))
