"""People as administrators keep them: entered, given roles and teams, linked to a first password, disabled."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from api.identity.ledger_entries import enter
from api.identity.secrets_shown_once import make_secret, sha256_of
from api.identity.signing_in.passwords import check_password, check_pin, hash_of
from plant.clock import Clock
from plant.errors import Conflict, Forbidden, NotFound, Rejected
from plant.people.principal import Principal, Recognition
from plant.people.rights import EVERY_SITE, PlantRole, Right
from storage.core.database import Database, Transaction
from storage.identity import one_time, people, sessions
from storage.identity.people import Person

LINK_LASTS = timedelta(hours=24)
LINK_PATH = "/welcome/"
_LONGEST = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class NewPerson:
    """Who is to be entered; `roles` are of (role, site), no site: everywhere."""

    sign_in: str
    name: str
    language: str = ""
    time_zone: str = ""
    mail: str = ""
    phone: str = ""
    roles: tuple[tuple[PlantRole, str | None], ...] = ()
    teams: tuple[str, ...] = ()
    is_demo: bool = False


def normal(sign_in: str) -> str:
    """Return what a person signs in as in the one form that is kept, so that two people cannot be one.

    >>> normal(" Ada "), normal("Ａda")
    ('ada', 'ada')
    """
    return unicodedata.normalize("NFKC", sign_in).strip().casefold().lower()


def principal_of(person: Person, recognition: Recognition) -> Principal:
    """Return a person as who acts."""
    return Principal(
        name=person.name,
        recognition=recognition,
        person_id=person.person_id,
        roles=person.roles,
        teams=person.teams,
    )


def demand_over(actor: Principal, person: Person) -> None:
    """Let only those change a person who administer every site where that person is something.

    Raises:
        Forbidden: they do not; else who administers one site could become whoever administers all.
    """
    if not all(actor.may(Right.MANAGE_PEOPLE, site) for site in person.roles or (EVERY_SITE,)):
        raise Forbidden(f"{actor.name} does not administer every site of {person.sign_in}")


def known(tx: Transaction, sign_in: str) -> Person:
    """Find a person by what they sign in as.

    Raises:
        NotFound: nobody signs in so.
    """
    person = people.by_sign_in(tx, normal(sign_in))
    if person is None:
        raise NotFound(f"nobody signs in as {sign_in}")
    return person


def add_person(database: Database, new: NewPerson, *, actor: Principal, clock: Clock) -> Person:
    """Enter a person with their roles and teams; they have no password yet.

    Raises:
        Conflict: somebody signs in under that name already.
        NotFound: there is no such site or team.
        Rejected: a name is empty or too long.
    """
    sign_in, name = normal(new.sign_in), " ".join(new.name.split())
    for what, text in (("the name to sign in with", sign_in), ("the name", name)):
        if not 0 < len(text) <= _LONGEST or any(unicodedata.category(letter) == "Cc" for letter in text):
            raise Rejected("bad_name", f"{what} has 1 to {_LONGEST} characters")
    if any(letter.isspace() for letter in sign_in):
        raise Rejected("bad_name", "the name to sign in with holds no space")
    with database.transaction() as tx:
        person_id = people.add(
            tx,
            sign_in=sign_in,
            name=name,
            at=clock.now(),
            by=actor.name,
            language=new.language,
            time_zone=new.time_zone,
            mail=new.mail,
            phone=new.phone,
            is_demo=new.is_demo,
        )
        enter(tx, "person.added", actor, sign_in, clock, name=name)
        for role, site in new.roles:
            _grant(tx, person_id, sign_in, role, site, actor, clock)
        for team in new.teams:
            people.join_team(tx, person_id, team)
            enter(tx, "team.joined", actor, sign_in, clock, team=team)
        return known(tx, sign_in)


def _grant(
    tx: Transaction, person_id: str, sign_in: str, role: PlantRole, site: str | None, actor: Principal, clock: Clock
) -> None:
    actor.demand(Right.MANAGE_PEOPLE, site or EVERY_SITE)
    people.grant(tx, person_id, role, site=site, at=clock.now(), by=actor.name)
    enter(tx, "role.granted", actor, sign_in, clock, role=role.value, site=site)


def grant_role(
    database: Database, sign_in: str, role: PlantRole, site: str | None, *, actor: Principal, clock: Clock
) -> Person:
    """Give a person a role at a site, or everywhere.

    Raises:
        NotFound: there is no such person or site.
    """
    with database.transaction() as tx:
        person = known(tx, sign_in)
        _grant(tx, person.person_id, person.sign_in, role, site, actor, clock)
        return known(tx, sign_in)


def withdraw_role(
    database: Database, sign_in: str, role: PlantRole, site: str | None, *, actor: Principal, clock: Clock
) -> Person:
    """Take a role of a person at a site, or that everywhere.

    Raises:
        NotFound: there is no such person, or they have no such role.
        Conflict: nobody could administer any more.
    """
    with database.transaction() as tx:
        person = known(tx, sign_in)
        actor.demand(Right.MANAGE_PEOPLE, site or EVERY_SITE)
        if not people.withdraw(tx, person.person_id, role, site=site):
            raise NotFound(f"{sign_in} is not {role.value} there")
        _keep_an_administrator(tx)
        enter(tx, "role.withdrawn", actor, person.sign_in, clock, role=role.value, site=site)
        return known(tx, sign_in)


def disable_person(database: Database, sign_in: str, *, actor: Principal, clock: Clock) -> Person:
    """Let a person in no more: sessions, tokens and links end at once; what they did keeps their name.

    Raises:
        NotFound: there is no such person.
        Conflict: nobody could administer any more.
    """
    with database.transaction() as tx:
        person = known(tx, sign_in)
        demand_over(actor, person)
        people.disable(tx, person.person_id, at=clock.now(), by=actor.name)
        _keep_an_administrator(tx)
        sessions.end_all_of(tx, person.person_id, at=clock.now(), because="disabled")
        enter(tx, "person.disabled", actor, person.sign_in, clock)
        return known(tx, sign_in)


def enable_person(database: Database, sign_in: str, *, actor: Principal, clock: Clock) -> Person:
    """Let a disabled person in again.

    Raises:
        NotFound: there is no such person.
    """
    with database.transaction() as tx:
        person = known(tx, sign_in)
        demand_over(actor, person)
        people.enable(tx, person.person_id)
        enter(tx, "person.enabled", actor, person.sign_in, clock)
        return known(tx, sign_in)


def _keep_an_administrator(tx: Transaction) -> None:
    if not people.has_administrator(tx):
        raise Conflict("nobody could administer any more; make somebody else an administrator first")


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
