"""The documents about people, roles, teams and tokens."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Self

from pydantic import Field

from api.identity.people import PersonReach, reach_document, team_document
from api.schemas.shape import ETAG, Nothing, Shape
from plant.people.principal import Principal, Recognition
from plant.people.rights import EVERY_SITE, PlantRole, Right
from plant.people.seen_version import version_tag
from storage.identity.people import Person, Team


class RoleShape(Shape):
    """A role at a site."""

    role: PlantRole
    site: str | None = Field(description="Tag of the site; null: every site.")


class MeShape(Shape):
    """Who acts, how they were recognised, and what they may do."""

    name: str
    recognised: Recognition
    person_id: str | None
    roles: list[RoleShape]
    teams: list[str]
    rights: dict[str, list[Right]] = Field(description="By the tag of the site; `*`: every site.")

    @classmethod
    def of(cls, principal: Principal) -> Self:
        """Show a principal."""
        return cls(
            name=principal.name,
            recognised=principal.recognition,
            person_id=principal.person_id or None,
            roles=roles_of(principal.roles),
            teams=sorted(principal.teams),
            rights={
                "*" if site == EVERY_SITE else site: [right for right in Right if principal.may(right, site)]
                for site in principal.roles
            },
        )


class PersonShape(Shape):
    """A person of the register."""

    person_id: str
    sign_in: str
    name: str
    language: str
    time_zone: str
    mail: str
    phone: str
    is_demo: bool
    created_at: datetime
    disabled_at: datetime | None
    roles: list[RoleShape]
    teams: list[str]
    etag: str = Field(description="What If-Match takes where it is changed how they are spoken to and reached.")

    @classmethod
    def of(cls, person: Person) -> Self:
        """Show a person."""
        plain = ("person_id", "sign_in", "name", "language", "time_zone", "mail", "phone", "is_demo")
        return cls(
            **{field: getattr(person, field) for field in plain},
            created_at=person.created_at,
            disabled_at=person.disabled_at,
            roles=roles_of(person.roles),
            teams=sorted(person.teams),
            etag=version_tag(reach_document(person)),
        )


def roles_of(roles: dict[str, frozenset[PlantRole]] | object) -> list[RoleShape]:
    """List roles by site, those everywhere first."""
    assert isinstance(roles, dict)  # noqa: S101 - a mapping that a person or principal holds
    return [
        RoleShape(role=role, site=None if site == EVERY_SITE else site)
        for site, held in sorted(roles.items())
        for role in sorted(held)
    ]


class RoleWanted(Nothing):
    """A role at a site, or everywhere where none is named."""

    role: PlantRole
    site: str | None = Field(default=None, min_length=1, max_length=200)


class ReachWanted(Nothing):
    """How a person is spoken to and reached."""

    language: str = Field(default="", pattern="^(|en|zh)$")
    time_zone: str = Field(default="", max_length=60, examples=["Asia/Shanghai"])
    mail: str = Field(default="", max_length=200)
    phone: str = Field(default="", max_length=60)


def reach_of(wanted: ReachWanted) -> PersonReach:
    """Return what was asked for."""
    return PersonReach(language=wanted.language, time_zone=wanted.time_zone, mail=wanted.mail, phone=wanted.phone)


class PersonWanted(ReachWanted):
    """Who is to be entered."""

    sign_in: str = Field(min_length=1, max_length=100, examples=["li.wei"])
    name: str = Field(min_length=1, max_length=100, examples=["Li Wei"])
    roles: list[RoleWanted] = Field(default_factory=list, max_length=100)
    teams: list[str] = Field(default_factory=list, max_length=100)


class LinkShape(Shape):
    """A link with which a person sets a password, once, within a day."""

    link: str = Field(description="Path on this server; shown this once.")


class TeamShape(Shape):
    """A team and who is of it."""

    tag: str
    name: str
    name_zh: str
    answers_for_engineering: bool
    members: list[str]
    on_call: list[str]
    etag: str = ETAG

    @classmethod
    def of(cls, team: Team) -> Self:
        """Show a team."""
        return cls(**asdict(team), etag=version_tag(team_document(team)))


class TeamWanted(Nothing):
    """A team to be made, or to be called otherwise."""

    tag: str = Field(min_length=1, max_length=100)
    name: str = Field(min_length=1, max_length=200)
    name_zh: str = Field(default="", max_length=200)
    answers_for_engineering: bool = False

    def team(self) -> Team:
        """Return the team that is wanted; who is of it is another matter."""
        return Team(**self.model_dump(), members=[], on_call=[])


class MemberWanted(Nothing):
    """Who is to be of a team, and whether they are on call."""

    sign_in: str = Field(min_length=1, max_length=100)
    on_call: bool = False


class OwnTokenWanted(Nothing):
    """A token of one's own; it acts in one's name and never beyond one's rights."""

    name: str = Field(min_length=1, max_length=100, examples=["nightly report"])
    scopes: list[Right] | None = Field(default=None, description="Rights it is narrowed to; all of yours if absent.")
    sites: list[str] | None = Field(default=None, description="Sites it is narrowed to; all of yours if absent.")
    days: int = Field(default=90, ge=1, le=366)


class MachineTokenWanted(OwnTokenWanted):
    """A token of a machine, with a role of its own."""

    role: PlantRole


class ApiTokenShape(Shape):
    """A token, without its secret."""

    token_id: str
    sign_in: str | None = Field(description="Whose it is; null: a machine's.")
    name: str
    role: str
    scopes: list[str] | None
    sites: list[str] | None
    issued_at: datetime
    issued_by: str
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


class IssuedTokenShape(Shape):
    """A new token; its secret is shown this once."""

    token_id: str
    token: str
    expires_at: datetime


class Confirmation(Nothing):
    """The credential, shown again for one act."""

    password: str = Field(min_length=1, max_length=1000)
    act: str = Field(min_length=1, max_length=300, description="What is to be signed, as its route names it.")


class ConfirmationShape(Shape):
    """What one request shows in `X-Assetloop-Confirmation` to sign that act, within two minutes, once."""

    confirmation: str


class AttemptsShape(Shape):
    """Attempts to sign in, of one account from one address in one minute, with one outcome."""

    minute: datetime
    account: str
    address: str
    outcome: str
    count: int
    last_at: datetime
