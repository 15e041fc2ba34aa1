"""Who acts: one value, made where a request enters and passed down to whatever is written in the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from plant.errors import Forbidden, NotFound, Unconfirmed
from plant.people.rights import EVERY_SITE, ROLE_RIGHTS, PlantRole, Right


class Recognition(StrEnum):
    """How it was found out who acts; TYPED is a name that nobody proved."""

    PASSWORD = "password"  # noqa: S105 - a way, not a secret
    PIN = "pin"
    PROVIDER = "provider"
    ONE_CLICK = "one_click"
    TOKEN = "token"  # noqa: S105 - a way, not a secret
    COMMAND_LINE = "command_line"
    PROCESS = "process"
    TYPED = "typed"


_SHOWN_EACH_TIME = frozenset({Recognition.TOKEN, Recognition.COMMAND_LINE, Recognition.PROCESS})


@dataclass(frozen=True, kw_only=True, slots=True)
class Principal:
    """A person, a machine or a process of the product, with what it may do.

    `name` is what the record keeps. `person_id` is empty for who is none of the register's people. `roles` are by the
    tag of a site, or `EVERY_SITE`. `scopes`, where there are any, narrow the rights: those of a token. `confirmed` is
    the one act for which the credential was asked again.
    """

    name: str
    recognition: Recognition
    person_id: str = ""
    roles: Mapping[str, frozenset[PlantRole]] = field(default_factory=dict)
    teams: frozenset[str] = frozenset()
    scopes: frozenset[Right] | None = None
    confirmed: str | None = None

    def may(self, right: Right, site: str) -> bool:
        """Say whether the right is theirs at a site.

        >>> pump_hall = Principal(name="Ada", recognition="pin", roles={"north": frozenset({PlantRole.MAINTENANCE})})
        >>> pump_hall.may(Right.CLOSE_ORDERS, "north"), pump_hall.may(Right.CLOSE_ORDERS, "south")
        (True, False)
        """
        if self.scopes is not None and right not in self.scopes:
            return False
        held = self.roles.get(site, frozenset()) | self.roles.get(EVERY_SITE, frozenset())
        return any(right in ROLE_RIGHTS[role] for role in held)

    def may_somewhere(self, right: Right) -> bool:
        """Say whether the right is theirs at any site at all."""
        return any(self.may(right, site) for site in self.roles)

    def sites_with(self, right: Right) -> frozenset[str] | None:
        """Return the sites where the right is theirs; None where that is every site."""
        if self.may(right, EVERY_SITE):
            return None
        return frozenset(site for site in self.roles if self.may(right, site))

    def demand(self, right: Right, site: str) -> None:
        """Let them go on only where the right is theirs.

        Raises:
            NotFound: nothing of the site is theirs to see.
            Forbidden: they see the site and may not do this there.
        """
        if self.may(right, site):
            return
        if site == EVERY_SITE:
            raise Forbidden(f"{self.name} may not {right.phrase} at every site")
        if not self.may(Right.SEE, site):
            raise NotFound(f"there is no site {site}")
        raise Forbidden(f"{self.name} may not {right.phrase} at {site}")

    def confirm(self, act: str) -> Principal:
        """Return who has just shown the credential again, for `act` and nothing else.

        Only `api.identity.confirming` calls this, after it has checked the credential.
        """
        return replace(self, confirmed=act)

    def demand_confirmation(self, act: str) -> None:
        """Let them sign only what the credential was asked again for.

        Raises:
            Unconfirmed: it was not, or for something else.
        """
        if self.confirmed != act:
            raise Unconfirmed(f"show your password again, for the act {act}: what signs is confirmed each time")

    def demand_shown_again(self, act: str) -> None:
        """Let whoever acts in a session change who may do what only where the credential was asked again for it.

        A program shows its token each time, and the command line is this machine's.

        Raises:
            Unconfirmed: it was not, or for something else.
        """
        if self.recognition not in _SHOWN_EACH_TIME:
            self.demand_confirmation(act)


def process(name: str) -> Principal:
    """Return a process of the product that acts by itself.

    >>> process("desk").recognition.value
    'process'
    """
    return Principal(name=name, recognition=Recognition.PROCESS, roles={EVERY_SITE: frozenset(PlantRole)})


def system_user(name: str) -> Principal:
    """Return who works at the command line: the user of this machine, who may do everything there."""
    return Principal(name=name, recognition=Recognition.COMMAND_LINE, roles={EVERY_SITE: frozenset(PlantRole)})


def typed(name: str) -> Principal:
    """Return a name that somebody typed and nobody proved, on a way in that is open to whoever reaches it."""
    return Principal(name=name, recognition=Recognition.TYPED, roles={EVERY_SITE: frozenset(PlantRole)})
