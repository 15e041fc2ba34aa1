"""What proves that people are themselves: links that set a password, passwords and PINs."""

from __future__ import annotations

from datetime import timedelta

from api.identity.ledger_entries import enter
from api.identity.people import demand_over, known, principal_of
from api.identity.secrets_shown_once import make_secret, sha256_of
from api.identity.signing_in.passwords import check_password, check_pin, hash_of
from plant.clock import Clock
from plant.errors import Conflict, NotFound
from plant.people.principal import Principal, Recognition
from storage.core.database import Database, Transaction
from storage.identity import one_time, people, sessions
from storage.identity.people import Person

LINK_LASTS = timedelta(hours=24)
LINK_PATH = "/welcome/"


def make_link(database: Database, sign_in: str, *, actor: Principal, clock: Clock) -> str:
    """Return the path of a link with which a person sets a password, once, within a day; earlier links end.

    Raises:
        NotFound: there is no such person.
        Conflict: they are disabled, or one of the demo's people.
    """
    with database.transaction() as tx:
        person = known(tx, sign_in)
        demand_over(actor, person)
        if person.disabled_at is not None or person.is_demo:
            raise Conflict(f"{sign_in} is {'disabled' if person.disabled_at else 'of the demo'} and gets no password")
        actor.demand_shown_again(f"person.link:{person.sign_in}")
        secret, at = make_secret(), clock.now()
        one_time.make_link(
            tx,
            sha256=sha256_of(secret),
            person_id=person.person_id,
            at=at,
            by=actor.name,
            expires_at=at + LINK_LASTS,
        )
        enter(tx, "person.link_made", actor, person.sign_in, clock)
        return f"{LINK_PATH}{secret}"


def whose_link(database: Database, secret: str, *, clock: Clock) -> Person | None:
    """Say whose a link is; None where it was used or has expired."""
    with database.transaction() as tx:
        person_id = one_time.link(tx, sha256_of(secret), at=clock.now())
        return people.by_id(tx, person_id) if person_id else None


def set_password_by_link(database: Database, secret: str, password: str, *, clock: Clock) -> Person:
    """Let a person set a password by their link; every session of theirs ends.

    Raises:
        NotFound: the link was used or has expired.
        Rejected: the password is not good enough; the link stays good.
    """
    with database.transaction() as tx:
        person_id = one_time.use_link(tx, sha256_of(secret), at=clock.now())
        person = people.by_id(tx, person_id) if person_id else None
        if person is None or person.disabled_at is not None:
            raise NotFound("this link was used or has expired; ask your administrator for another")
        _keep_password(tx, person, password, principal_of(person, Recognition.PASSWORD), clock)
        return person


def set_password(database: Database, person_id: str, password: str, *, actor: Principal, clock: Clock) -> None:
    """Let a person have another password; every session of theirs ends.

    Raises:
        Rejected: it is not good enough.
    """
    with database.transaction() as tx:
        person = _by_id(tx, person_id)
        _keep_password(tx, person, password, actor, clock)


def _keep_password(tx: Transaction, person: Person, password: str, actor: Principal, clock: Clock) -> None:
    check_password(password, person.sign_in, person.name)
    people.keep_secret(tx, person.person_id, "password", hash_of(password), at=clock.now())
    one_time.end_links(tx, person.person_id, at=clock.now())
    sessions.end_all_of(tx, person.person_id, at=clock.now(), because="password changed")
    enter(tx, "person.password_set", actor, person.sign_in, clock)


def set_pin(database: Database, person_id: str, pin: str, *, actor: Principal, clock: Clock) -> None:
    """Let a person have a PIN for shared terminals.

    Raises:
        Rejected: it is not good enough.
    """
    check_pin(pin)
    with database.transaction() as tx:
        person = _by_id(tx, person_id)
        people.keep_secret(tx, person.person_id, "pin", hash_of(pin), at=clock.now())
        enter(tx, "person.pin_set", actor, person.sign_in, clock)


def _by_id(tx: Transaction, person_id: str) -> Person:
    person = people.by_id(tx, person_id)
    if person is None:
        raise NotFound("there is no such person")
    return person
