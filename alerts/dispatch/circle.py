"""Who can be told of a notice at all: who sees its site, who of them is of its team, and who is marked as on call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from alerts.dispatch.plans import NoticePlan
from alerts.dispatch.receivers import Contact
from plant.errors import Rejected
from plant.notices.hours import WeeklyHours
from plant.notices.notice import ENGINEERING_TEAM, Notice
from plant.people.rights import ROLE_RIGHTS, PlantRole, Right
from plant.severity import Severity
from storage.core.database import Transaction
from storage.notices import contacts

_OPERATE = frozenset({PlantRole.OPERATIONS, PlantRole.SUPERVISOR})
_SEE = frozenset(role for role in PlantRole if Right.SEE in ROLE_RIGHTS[role])


@dataclass(frozen=True, kw_only=True, slots=True)
class Circle:
    """Everybody who sees the site of a notice, those of its team, and those marked as on call for it."""

    everybody: tuple[Contact, ...]
    team: tuple[Contact, ...]
    marked: tuple[Contact, ...]

    def called(self, names: frozenset[str] | None) -> list[Contact]:
        """Return who is on call: whom the roster names; without a roster who is marked so in the team."""
        return list(self.marked) if names is None else [one for one in self.everybody if one.is_called(names)]


def circle_of(tx: Transaction, notice: Notice, plan: NoticePlan) -> Circle:
    """Look up who can be told of a notice. Nobody is told of a site of which they may see nothing."""
    rows = [row for row in contacts.contacts(tx) if _roles(row, notice.site) & _SEE]
    known = [(_contact(row, plan), row) for row in rows]
    team = [(one, row) for one, row in known if _is_of(row, notice)]
    return Circle(
        everybody=tuple(one for one, _ in known),
        team=tuple(one for one, _ in team),
        marked=tuple(one for one, row in team if row["on_call"] and (not notice.team or notice.team in row["on_call"])),
    )


def _is_of(row: dict[str, Any], notice: Notice) -> bool:
    """Say whether somebody is of a notice's team.

    Where it has none: of who operates the site; about every site: of who operates or administers everywhere. The team
    `engineering` are also all who engineer the site, so that a plant need not set it up.
    """
    if notice.team:
        is_engineer = PlantRole.ENGINEERING in _roles(row, notice.site)
        return notice.team in row["teams"] or (notice.team == ENGINEERING_TEAM and is_engineer)
    if notice.site:
        return bool(_roles(row, notice.site) & _OPERATE)
    return any(f" {role.value}" in row["roles"] for role in (*_OPERATE, PlantRole.ADMINISTRATOR))


def _roles(row: dict[str, Any], site: str) -> set[PlantRole]:
    """Return what somebody is at a site, or anywhere where it is about every site."""
    held = (one.rpartition(" ") for one in row["roles"])
    return {PlantRole(role) for at, _, role in held if not site or at in {"", site}}


def _contact(row: dict[str, Any], plan: NoticePlan) -> Contact:
    return Contact(
        sign_in=row["sign_in"],
        name=row["name"],
        language=row["language"],
        mail=row["mail"],
        at_least=Severity(row["at_least"]),
        areas=None if row["areas"] is None else frozenset(row["areas"]),
        hours=_hours(row["hours"], row["time_zone"] or plan.zone),
    )


def _hours(text: str, zone: str) -> WeeklyHours | None:
    try:
        return WeeklyHours.read(text, zone) if text else None
    except Rejected:  # a zone that this machine does not know narrows nothing
        return None
