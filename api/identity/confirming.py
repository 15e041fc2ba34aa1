"""What signs asks for the credential again, and that is good for one act, once, within two minutes."""

from __future__ import annotations

from datetime import timedelta

from api.identity.ledger_entries import enter
from api.identity.secrets_shown_once import make_secret, sha256_of
from api.identity.signing_in.sign_in import judge_credential
from api.identity.signing_in.throttle import Throttle
from plant.clock import Clock
from plant.errors import Forbidden, NotFound
from plant.people.principal import Principal, Recognition
from storage.core.database import Database
from storage.identity import one_time, people
from storage.identity.people import Person

CONFIRMATION_LASTS = timedelta(minutes=2)


def confirm(database: Database, principal: Principal, password: str, act: str, *, address: str, clock: Clock) -> str:
    """Ask a person for the credential again before they sign; returns what makes one request confirmed.

    Who came in by one click has none: that is for the demo, on this machine, and the record says so.

    Raises:
        Forbidden: it is not their password, they have none, or too many were wrong.
    """
    with database.transaction() as tx:
        person = people.by_id(tx, principal.person_id) if principal.person_id else None
    if person is None or person.disabled_at is not None or principal.recognition is Recognition.TOKEN:
        raise Forbidden("only a person can sign, and not by a token")
    throttle = Throttle(database, "confirmation")
    if not (person.is_demo and principal.recognition is Recognition.ONE_CLICK):
        judged = judge_credential(
            database, throttle, person.sign_in, password, "password", address=address, clock=clock
        )
        if not isinstance(judged, Person):
            raise Forbidden("that is not your password, or too many were wrong; try again later")
    with database.transaction() as tx:
        throttle.succeed(tx, person.sign_in, address, at=clock.now())
    return keep_confirmation(database, principal, person, act, clock=clock)


def keep_confirmation(database: Database, principal: Principal, person: Person, act: str, *, clock: Clock) -> str:
    """Keep that a person has just shown who they are, for one act; returns what makes one request confirmed."""
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
        enter(tx, "person.confirmed", principal, person.sign_in, clock, act=act)
    return secret


def confirmed(database: Database, principal: Principal, secret: str, *, clock: Clock) -> Principal:
    """Return a principal who may sign the one act that the confirmation was made for; it is used up.

    Raises:
        NotFound: it was used, has expired, or is somebody else's.
    """
    with database.transaction() as tx:
        act = one_time.use_confirmation(tx, sha256_of(secret), principal.person_id, at=clock.now())
    if act is None:
        raise NotFound("this confirmation was used or has expired; show your password again")
    return principal.confirm(act)


def confirm_here(
    database: Database, principal: Principal, password: str, act: str, *, address: str, clock: Clock
) -> Principal:
    """Ask for the credential again and use the confirmation at once, where the act follows in the same step.

    Raises:
        Forbidden: it is not their password, they have none, or too many were wrong.
    """
    secret = confirm(database, principal, password, act, address=address, clock=clock)
    return confirmed(database, principal, secret, clock=clock)
