"""What people do about notices: send a dead end again, open a way, narrow what reaches them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from plant.clock import Clock
from plant.errors import Forbidden
from plant.notices.hours import WeeklyHours
from plant.people.principal import Principal
from plant.people.seen_version import ANY_VERSION, SeenVersion
from storage.core.database import Database
from storage.notices import contacts, dispatches
from storage.notices.contacts import NoticePreference


def send_again(database: Database, message: UUID | str, *, actor: Principal, clock: Clock) -> None:
    """Let a message that had ended badly go out after all, under the same key.

    Raises:
        NotFound: there is no such message.
        Conflict: it has not ended badly, or its way is closed.
    """
    with database.transaction() as tx:
        dispatches.send_again(tx, str(message), at=clock.now(), by=actor.name)


def open_way(database: Database, way: str) -> None:
    """Let messages go out again by a way whose receiver had said that it wants nothing more.

    Raises:
        NotFound: it is not closed.
    """
    with database.transaction() as tx:
        dispatches.open_way(tx, way)


def preference(database: Database, *, actor: Principal) -> NoticePreference:
    """Return how a person narrows what reaches them.

    Raises:
        Forbidden: who acts is no person of the register.
    """
    person_id = _person(actor)
    with database.transaction() as tx:
        return contacts.preference(tx, person_id)


def preference_document(wanted: NoticePreference) -> dict[str, Any]:
    """Return what is changed where a person narrows otherwise what reaches them."""
    return {**asdict(wanted), "at_least": wanted.at_least.value}


def prefer(
    database: Database,
    wanted: NoticePreference,
    *,
    actor: Principal,
    clock: Clock,
    seen: SeenVersion = ANY_VERSION,
) -> None:
    """Narrow what reaches oneself.

    Raises:
        Forbidden: who acts is no person of the register.
        Rejected: these are no hours.
        StaleRevision: it is not the version that was `seen`.
    """
    person_id = _person(actor)
    if wanted.hours:
        WeeklyHours.read(wanted.hours, "UTC")
    with database.transaction() as tx:
        contacts.lock_preference(tx, person_id)
        now = contacts.preference(tx, person_id)
        seen.refuse_stale(preference_document(now), preference_document(wanted), "what reaches you")
        contacts.prefer(tx, person_id, wanted, at=clock.now())


def _person(actor: Principal) -> str:
    if not actor.person_id:
        raise Forbidden("only people of the register have wishes of their own")
    return actor.person_id
