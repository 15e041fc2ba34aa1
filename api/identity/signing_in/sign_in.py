"""Signing in and out, and changing the person at a shared terminal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from api.identity.ledger_entries import enter
from api.identity.people import normal, principal_of
from api.identity.secrets_shown_once import make_secret, sha256_of
from api.identity.signing_in.passwords import is_right
from api.identity.signing_in.throttle import SlowedDown, Throttle
from plant.clock import Clock
from plant.people.principal import Principal, Recognition
from plant.people.rights import Right
from storage.core.database import Database
from storage.identity import people, sessions
from storage.identity.people import Person, SecretKind

SESSION_LASTS = timedelta(hours=12)
_NOT_BY_PIN = frozenset({Right.MANAGE_PEOPLE, Right.MANAGE_DEVICES})


@dataclass(frozen=True, kw_only=True, slots=True)
class WrongCredential:
    """No such person, or not their password or PIN; which of it is never said."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedIn:
    """A session has begun; `cookie` is the only time that its secret is shown."""

    cookie: str
    person: Person


def sign_in(
    database: Database, sign_in_name: str, password: str, *, address: str, clock: Clock, is_shared: bool = False
) -> SignedIn | WrongCredential | SlowedDown:
    """Begin a session for whoever knows a person's password."""
    account, throttle = normal(sign_in_name)[:100], Throttle(database)
    judged = judge_credential(database, throttle, account, password, "password", address=address, clock=clock)
    if not isinstance(judged, Person):
        return judged
    return begin_session(
        database, judged, Recognition.PASSWORD, address=address, clock=clock, is_shared=is_shared, throttle=throttle
    )


def judge_credential(
    database: Database, throttle: Throttle, account: str, secret: str, kind: SecretKind, *, address: str, clock: Clock
) -> Person | WrongCredential | SlowedDown:
    """Say whose password or PIN that is; the attempt is counted before it is looked at."""
    slowed = throttle.begin(account, address, at=clock.now())
    if slowed is not None:
        return slowed
    with database.transaction() as tx:
        person = people.by_sign_in(tx, account)
        kept = people.secret_hash(tx, person.person_id, kind) if person else None
    if not is_right(secret, kept) or person is None:
        outcome = "disabled" if person and person.disabled_at else "wrong"
        throttle.fail(account, address, at=clock.now(), outcome="disabled" if outcome == "disabled" else "wrong")
        return WrongCredential()
    return person


def begin_session(
    database: Database,
    person: Person,
    recognition: Recognition,
    *,
    address: str,
    clock: Clock,
    is_shared: bool = False,
    throttle: Throttle | None = None,
) -> SignedIn:
    """Begin a session for a person who was recognised."""
    secret, at = make_secret(), clock.now()
    with database.transaction() as tx:
        sessions.begin(
            tx,
            sha256=sha256_of(secret),
            person_id=person.person_id,
            recognition=recognition,
            is_shared=is_shared,
            at=at,
            ends_at=at + SESSION_LASTS,
            address=address,
        )
        (throttle or Throttle(database)).succeed(tx, person.sign_in, address, at=at)
        enter(tx, "session.began", principal_of(person, recognition), person.sign_in, clock, address=address)
    return SignedIn(cookie=secret, person=person)


def sign_out(database: Database, cookie: str, *, clock: Clock) -> None:
    """End a session; whoever holds a copy of its cookie is out as well."""
    with database.transaction() as tx:
        found = sessions.find(tx, sha256_of(cookie), at=clock.now())
        if found is not None and sessions.end(tx, sha256_of(cookie), at=clock.now(), because="signed out"):
            person = people.by_id(tx, found.person_id)
            if person is not None:
                enter(tx, "session.ended", principal_of(person, found.recognition), person.sign_in, clock)


def principal_of_session(database: Database, cookie: str, *, clock: Clock) -> Principal | None:
    """Return who acts in a session; None where it has ended."""
    with database.transaction() as tx:
        found = sessions.find(tx, sha256_of(cookie), at=clock.now())
        person = people.by_id(tx, found.person_id) if found else None
        if found is None or person is None:
            return None
        principal = principal_of(person, found.recognition)
        return _by_pin(principal) if found.recognition is Recognition.PIN else principal


def _by_pin(principal: Principal) -> Principal:
    return Principal(
        name=principal.name,
        recognition=Recognition.PIN,
        person_id=principal.person_id,
        roles=principal.roles,
        teams=principal.teams,
        scopes=frozenset(Right) - _NOT_BY_PIN,
    )


def change_person(
    database: Database, cookie: str, sign_in_name: str, pin: str, *, address: str, clock: Clock
) -> Person | WrongCredential | SlowedDown:
    """Let somebody else act at a shared terminal, by their PIN."""
    account, throttle = normal(sign_in_name)[:100], Throttle(database, "pin")
    judged = judge_credential(database, throttle, account, pin, "pin", address=address, clock=clock)
    if not isinstance(judged, Person):
        return judged
    with database.transaction() as tx:
        if sessions.find(tx, sha256_of(cookie), at=clock.now()) is None:
            return WrongCredential()
        sessions.change_person(tx, sha256_of(cookie), judged.person_id, Recognition.PIN)
        throttle.succeed(tx, account, address, at=clock.now())
        enter(tx, "session.changed_person", principal_of(judged, Recognition.PIN), judged.sign_in, clock)
    return judged
