"""What the ledger keeps of people, in a chain of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from lifecycle import ledger
from plant.clock import Clock
from plant.people.principal import Principal
from storage.core.database import Transaction

PEOPLE_CHAIN = "@people"
PeopleEvent = Literal[
    "person.added",
    "person.disabled",
    "person.enabled",
    "person.link_made",
    "person.link_mailed",
    "person.reach_changed",
    "person.password_set",
    "person.pin_set",
    "person.confirmed",
    "session.began",
    "session.changed_person",
    "session.ended",
    "role.granted",
    "role.withdrawn",
    "team.put",
    "team.joined",
    "team.left",
    "token.issued",
    "token.revoked",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class PeopleChanged:
    """A sign-in, or a change of a person, a right, a team or a token; `about` is whom it concerns."""

    event: PeopleEvent
    actor: str
    about: str
    detail: dict[str, Any] = field(default_factory=dict)

    def content(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        return {"event": self.event, "actor": self.actor, "about": self.about, **self.detail}


def enter(tx: Transaction, event: PeopleEvent, actor: Principal, about: str, clock: Clock, **detail: Any) -> None:
    """Enter in the ledger what was done about people."""
    how = {"recognised": actor.recognition.value, "person": actor.person_id or None}
    entry = PeopleChanged(event=event, actor=actor.name, about=about, detail={**how, **detail})
    ledger.append(tx, PEOPLE_CHAIN, entry, clock.now())
