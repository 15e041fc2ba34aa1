"""People for tests: entered in the register, signed in, and as values."""

from __future__ import annotations

from dataclasses import replace

from httpx import Client

from api.identity.access import SESSION_COOKIE
from api.identity.confirming import CONFIRMATION_LASTS
from api.identity.people import NewPerson, add_person, grant_role, principal_of
from api.identity.recognising import CONFIRMATION_HEADER
from api.identity.secrets_shown_once import make_secret, sha256_of
from api.identity.signing_in.sign_in import begin_session
from plant.clock import Clock
from plant.people.principal import Principal, Recognition, process
from plant.people.rights import PlantRole
from storage.core.database import Database
from storage.identity import one_time, people
from storage.identity.people import Person

EVERY_ROLE = tuple((role, None) for role in PlantRole if role is not PlantRole.DEVICE)
__all__ = ["NewPerson", "add_person", "grant_role", "replace"]
SETUP = process("a test")


def enter(
    database: Database,
    clock: Clock,
    sign_in: str = "ada",
    *,
    name: str = "Ada",
    roles: tuple[tuple[PlantRole, str | None], ...] = EVERY_ROLE,
    is_demo: bool = False,
) -> Person:
    """Enter a person, or find who signs in so already."""
    with database.transaction() as tx:
        found = people.by_sign_in(tx, sign_in)
    new = NewPerson(sign_in=sign_in, name=name, roles=roles, is_demo=is_demo)
    return found or add_person(database, new, actor=SETUP, clock=clock)


def cookie_of(database: Database, clock: Clock, person: Person) -> dict[str, str]:
    """Sign a person in, without asking for a password; return the cookie."""
    begun = begin_session(database, person, Recognition.PASSWORD, address="test", clock=clock)
    return {SESSION_COOKIE: begun.cookie}


def acting(person: Person) -> Principal:
    """Return a person as who acts."""
    return principal_of(person, Recognition.PASSWORD)


def confirming(database: Database, clock: Clock, person: Person, act: str) -> dict[str, str]:
    """Return the header with which one request of a person's signs an act, without asking for a password."""
    secret, at = make_secret(), clock.now()
    with database.transaction() as tx:
        one_time.make_confirmation(
            tx,
            sha256=sha256_of(secret),
            person_id=person.person_id,
            act=act,
            at=at,
            expires_at=at + CONFIRMATION_LASTS,
        )
    return {CONFIRMATION_HEADER: secret}


def sign_in(client: Client, database: Database, clock: Clock, person: Person | None = None) -> Person:
    """Let a client act as a person: Ada, who has every role, unless another is named."""
    who = person or enter(database, clock)
    client.cookies.update(cookie_of(database, clock, who))
    return who
