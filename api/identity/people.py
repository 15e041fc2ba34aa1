"""People as administrators keep them: entered, given roles and teams, reached, disabled."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, dataclass
from typing import Any
from zoneinfo import available_timezones

from api.identity.ledger_entries import enter
from plant.clock import Clock
from plant.errors import Conflict, Forbidden, NotFound, Rejected
from plant.people.principal import Principal, Recognition
from plant.people.rights import EVERY_SITE, PlantRole, Right
from plant.people.seen_version import ANY_VERSION, SeenVersion, refuse_unseen
from storage.core.database import Database, Transaction
from storage.identity import people, sessions
from storage.identity.people import Person, Team

_LONGEST = 100
_MAIL = re.compile(r"[^\s@,;<>\"()]{1,100}@[^\s@,;<>\"()]{1,100}")
_PHONE = re.compile(r"\+?[0-9][0-9 -]{1,28}[0-9]")


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonReach:
    """How a person is spoken to and reached; empty: as their browser asks, and by no such way."""

    language: str = ""
    time_zone: str = ""
    mail: str = ""
    phone: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewPerson:
    """Who is to be entered; `roles` are of (role, site), no site: everywhere."""

    sign_in: str
    name: str
    reach: PersonReach = PersonReach()
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
    actor.demand_shown_again(f"person.add:{sign_in}")
    for what, text in (("the name to sign in with", sign_in), ("the name", name)):
        if not 0 < len(text) <= _LONGEST or any(unicodedata.category(letter) == "Cc" for letter in text):
            raise Rejected("bad_name", f"{what} has 1 to {_LONGEST} characters")
    if any(letter.isspace() for letter in sign_in):
        raise Rejected("bad_name", "the name to sign in with holds no space")
    check_reach(new.reach)
    with database.transaction() as tx:
        person_id = people.add(
            tx,
            sign_in=sign_in,
            name=name,
            at=clock.now(),
            by=actor.name,
            **asdict(new.reach),
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


def is_mail_address(text: str) -> bool:
    """Say whether a text is one mail address.

    >>> is_mail_address("li.wei@example.com"), is_mail_address("a@example.com, b@example.com")
    (True, False)
    """
    return _MAIL.fullmatch(text) is not None


def check_reach(reach: PersonReach) -> None:
    """Refuse what reaches nobody.

    Raises:
        Rejected: there is no such language or time zone, or that is not one mail address or telephone number.
    """
    if reach.language not in {"", "en", "zh"}:
        raise Rejected("bad_language", f"there is no {reach.language} here; the languages are en and zh")
    if reach.time_zone and reach.time_zone not in available_timezones():
        raise Rejected("bad_time_zone", f"there is no time zone {reach.time_zone}; one is Asia/Shanghai")
    if reach.mail and not is_mail_address(reach.mail):
        raise Rejected("bad_mail_address", "that is not one mail address")
    if reach.phone and not _PHONE.fullmatch(reach.phone):
        raise Rejected("bad_phone", "a telephone number has 3 to 30 digits, blanks and hyphens, and may begin with +")


def reach_document(person: Person) -> dict[str, Any]:
    """Return what is changed where a person is spoken to and reached otherwise."""
    return {name: getattr(person, name) for name in ("language", "time_zone", "mail", "phone")}


def change_reach(
    database: Database,
    sign_in: str,
    reach: PersonReach,
    *,
    actor: Principal,
    clock: Clock,
    seen: SeenVersion = ANY_VERSION,
) -> Person:
    """Let a person be spoken to and reached otherwise; to their mail address goes what resets a password.

    Raises:
        NotFound: there is no such person.
        Rejected: it would reach nobody.
        StaleRevision: it is not the version that was `seen`.
    """
    check_reach(reach)
    with database.transaction() as tx:
        people.lock_person(tx, normal(sign_in))
        person = known(tx, sign_in)
        if actor.person_id != person.person_id:
            demand_over(actor, person)
        seen.refuse_stale(reach_document(person), asdict(reach), f"how {person.sign_in} is reached")
        actor.demand_shown_again(f"person.reach:{person.sign_in}")
        people.reach(tx, person.person_id, **asdict(reach))
        enter(tx, "person.reach_changed", actor, person.sign_in, clock)
        return known(tx, sign_in)


def team_document(team: Team) -> dict[str, Any]:
    """Return what is changed where a team is called otherwise."""
    return {name: getattr(team, name) for name in ("tag", "name", "name_zh", "answers_for_engineering")}


def put_team(
    database: Database, wanted: Team, *, actor: Principal, clock: Clock, seen: SeenVersion | None = None
) -> Team:
    """Make a team, or call it otherwise; teams are of every site. Who is of it stays.

    Raises:
        Rejected: there is such a team, and it is not said which version of it was `seen`.
        StaleRevision: it is not the version that was seen.
    """
    actor.demand_shown_again(f"team.put:{wanted.tag}")
    with database.transaction() as tx:
        people.lock_team(tx, wanted.tag)
        there = people.find_team(tx, wanted.tag)
        now = None if there is None else team_document(there)
        refuse_unseen(seen, now, team_document(wanted), f"the team {wanted.tag}")
        people.put_team(tx, **team_document(wanted))
        enter(tx, "team.put", actor, wanted.tag, clock)
        return people.find_team(tx, wanted.tag) or wanted


def grant_role(
    database: Database, sign_in: str, role: PlantRole, site: str | None, *, actor: Principal, clock: Clock
) -> Person:
    """Give a person a role at a site, or everywhere.

    Raises:
        NotFound: there is no such person or site.
    """
    with database.transaction() as tx:
        person = known(tx, sign_in)
        actor.demand(Right.MANAGE_PEOPLE, site or EVERY_SITE)
        actor.demand_shown_again(f"role.grant:{person.sign_in}")
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
        actor.demand_shown_again(f"role.withdraw:{person.sign_in}")
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
        actor.demand_shown_again(f"person.disable:{person.sign_in}")
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
        actor.demand_shown_again(f"person.enable:{person.sign_in}")
        people.enable(tx, person.person_id)
        enter(tx, "person.enabled", actor, person.sign_in, clock)
        return known(tx, sign_in)


def _keep_an_administrator(tx: Transaction) -> None:
    if not people.has_administrator(tx):
        raise Conflict("nobody could administer any more; make somebody else an administrator first")
