"""The rows of people: who there is, their roles, their teams, and the hashes of what proves them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from plant.errors import Conflict, NotFound
from plant.people.rights import EVERY_SITE, PlantRole
from storage.core.database import Transaction

SecretKind = Literal["password", "pin"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """A person of the register; `roles` by site tag, or by `EVERY_SITE`."""

    person_id: str
    sign_in: str
    name: str
    language: str
    time_zone: str
    mail: str
    phone: str
    is_demo: bool
    issuer: str | None
    subject: str | None
    created_at: datetime
    disabled_at: datetime | None
    roles: dict[str, frozenset[PlantRole]]
    teams: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Team:
    """A team, its members by their sign-in, and who of them is on call."""

    tag: str
    name: str
    name_zh: str
    answers_for_engineering: bool
    members: list[str]
    on_call: list[str]


def add(
    tx: Transaction,
    *,
    sign_in: str,
    name: str,
    at: datetime,
    by: str,
    language: str = "",
    time_zone: str = "",
    mail: str = "",
    phone: str = "",
    is_demo: bool = False,
) -> str:
    """Enter a person and return their id.

    Raises:
        Conflict: somebody signs in under that name already.
    """
    values = {"sign_in": sign_in, "name": name, "at": at, "by": by, "language": language, "time_zone": time_zone}
    row = tx.first("people.add", **values, mail=mail, phone=phone, is_demo=is_demo)
    if row is None:
        raise Conflict(f"somebody signs in as {sign_in} already")
    return str(row["person_id"])


def everybody(tx: Transaction) -> list[Person]:
    """Return everybody, also who is disabled, by name."""
    return _people(tx)


def by_id(tx: Transaction, person_id: str) -> Person | None:
    """Find a person by their id."""
    return next(iter(_people(tx, person_id=person_id)), None)


def by_sign_in(tx: Transaction, sign_in: str) -> Person | None:
    """Find a person by what they sign in as."""
    return next(iter(_people(tx, sign_in=sign_in)), None)


def by_subject(tx: Transaction, issuer: str, subject: str) -> Person | None:
    """Find the person whom a provider calls by a subject."""
    return next(iter(_people(tx, issuer=issuer, subject=subject)), None)


def _people(
    tx: Transaction,
    *,
    person_id: str | None = None,
    sign_in: str | None = None,
    issuer: str | None = None,
    subject: str | None = None,
) -> list[Person]:
    rows = tx.all("people.people", person_id=person_id, sign_in=sign_in, issuer=issuer, subject=subject)
    return [_person(dict(row)) for row in rows]


def _person(row: dict[str, object]) -> Person:
    roles: dict[str, set[PlantRole]] = {}
    for site, role in zip(row.pop("role_sites"), row.pop("role_names"), strict=True):  # type: ignore[call-overload]
        roles.setdefault(site or EVERY_SITE, set()).add(PlantRole(role))
    teams = frozenset(row.pop("teams"))  # type: ignore[call-overload]
    return Person(**row, roles={site: frozenset(held) for site, held in roles.items()}, teams=teams)  # type: ignore[arg-type]


def has_administrator(tx: Transaction) -> bool:
    """Say whether somebody can administer everything."""
    return bool(tx.one("people.has_administrator")["found"])


def disable(tx: Transaction, person_id: str, *, at: datetime, by: str) -> None:
    """Let a person in no more."""
    tx.run("people.disable", person_id=person_id, at=at, by=by)


def enable(tx: Transaction, person_id: str) -> None:
    """Let a person in again."""
    tx.run("people.enable", person_id=person_id)


def bind(tx: Transaction, person_id: str, *, issuer: str, subject: str) -> None:
    """Let a person be who a provider calls by a subject."""
    tx.run("people.bind", person_id=person_id, issuer=issuer, subject=subject)


def speak(tx: Transaction, person_id: str, language: str) -> None:
    """Keep in which language a person is answered."""
    tx.run("people.speak", person_id=person_id, language=language)


def reach(tx: Transaction, person_id: str, *, language: str, time_zone: str, mail: str, phone: str) -> None:
    """Keep how a person is spoken to and reached."""
    tx.run("people.reach", person_id=person_id, language=language, time_zone=time_zone, mail=mail, phone=phone)


def grant(tx: Transaction, person_id: str, role: PlantRole, *, site: str | None, at: datetime, by: str) -> None:
    """Give a role at a site, or everywhere where none is named.

    Raises:
        NotFound: there is no such site.
    """
    if tx.first("people.grant", person_id=person_id, role=role.value, site=site, at=at, by=by) is None:
        raise NotFound(f"there is no site {site}")


def withdraw(tx: Transaction, person_id: str, role: PlantRole, *, site: str | None) -> bool:
    """Take a role at a site, or that everywhere; False where they had none."""
    return tx.run("people.withdraw", person_id=person_id, role=role.value, site=site) > 0


def secret_hash(tx: Transaction, person_id: str, kind: SecretKind) -> str | None:
    """Return the hash of a password or PIN; None where there is none, or the person is disabled."""
    found = tx.one("people.secret_hash", person_id=person_id, kind=kind)["hash"]
    return str(found) if found is not None else None


def keep_secret(tx: Transaction, person_id: str, kind: SecretKind, secret_hash: str, *, at: datetime) -> None:
    """Keep the hash of a new password or PIN."""
    tx.all("people.keep_secret", person_id=person_id, kind=kind, hash=secret_hash, at=at)


def lock_team(tx: Transaction, tag: str) -> None:
    """Let nobody else make or change a team of this tag until the transaction ends."""
    tx.all("people.lock_team", tag=tag)


def lock_person(tx: Transaction, sign_in: str) -> None:
    """Let nobody else change how a person is reached until the transaction ends."""
    tx.all("people.lock_person", sign_in=sign_in)


def put_team(tx: Transaction, *, tag: str, name: str, name_zh: str = "", answers_for_engineering: bool = False) -> None:
    """Make a team, or call it otherwise."""
    tx.run("people.put_team", tag=tag, name=name, name_zh=name_zh, answers=answers_for_engineering)


def teams(tx: Transaction) -> list[Team]:
    """Return every team with its members."""
    return [Team(**row) for row in tx.all("people.teams", tag=None)]


def find_team(tx: Transaction, tag: str) -> Team | None:
    """Return a team with its members, None where there is none of that tag."""
    row = tx.first("people.teams", tag=tag)
    return Team(**row) if row else None


def knows_team(tx: Transaction, tag: str) -> bool:
    """Say whether there is such a team."""
    return tx.first("people.team", tag=tag) is not None


def join_team(tx: Transaction, person_id: str, tag: str, *, on_call: bool = False) -> None:
    """Let a person be of a team.

    Raises:
        NotFound: there is no such team.
    """
    if tx.first("people.join_team", person_id=person_id, tag=tag, on_call=on_call) is None:
        raise NotFound(f"there is no team {tag}")


def leave_team(tx: Transaction, person_id: str, tag: str) -> None:
    """Let a person be of a team no more."""
    tx.run("people.leave_team", person_id=person_id, tag=tag)
