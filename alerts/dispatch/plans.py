"""Whom a notice is for, step by step, and by which ways: what `notify.toml` says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network

from plant.notices.hours import WeeklyHours
from plant.notices.notice import Notice, NoticeSubject
from plant.severity import Severity

OPERATIONS = "operations"
"""How a plan names the notices that are no team's: those of operations."""
ON_CALL = "on-call"
WHOLE_TEAM = "team"


class WayKind(StrEnum):
    """How a way goes out."""

    MQTT = "mqtt"
    WEBHOOK = "webhook"
    MAIL = "mail"
    CHAT = "chat"


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """A way out. `address` and `secret` may hold secrets: `env:NAME` and `file:/path` are read when something is sent.

    `internal` are the networks of the house that a webhook may reach. `each` says that it goes to each person's own
    address, otherwise it is one receiver for all.
    """

    name: str
    kind: WayKind
    address: str = ""
    secret: str = ""
    internal: tuple[IPv4Network | IPv6Network, ...] = ()
    each: bool = False
    language: str = ""
    timeout_s: float = 10.0

    @property
    def is_machine(self) -> bool:
        """Say whether programs read it: they get every revision, people only what is told."""
        return self.kind in {WayKind.MQTT, WayKind.WEBHOOK}


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanStep:
    """One step: after how long since the step before, by which ways, and to which people."""

    after: timedelta
    ways: tuple[str, ...]
    people: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticePlan:
    """For which notices it is, where its roster is, when it keeps quiet, and its steps. Empty: any."""

    name: str
    teams: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    subjects: frozenset[NoticeSubject] = frozenset()
    at_least: Severity = Severity.INDETERMINATE
    roster: str = ""
    zone: str = "UTC"
    quiet: WeeklyHours | None = None
    steps: tuple[PlanStep, ...] = ()

    def fits(self, notice: Notice) -> bool:
        """Say whether a notice goes by this plan."""
        return (
            (not self.teams or (notice.team or OPERATIONS) in self.teams)
            and (not self.sites or notice.site in self.sites)
            and (not self.areas or not self.areas.isdisjoint(notice.each_area))
            and (not self.subjects or notice.subject in self.subjects)
            and notice.severity.at_least(self.at_least)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticePlans:
    """All of it; in each area of a notice the first plan that fits it is the one.

    `chats` are people's own addresses, by way.
    """

    ways: Mapping[str, Way]
    plans: tuple[NoticePlan, ...]
    chats: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def plans_for(self, notice: Notice) -> tuple[NoticePlan, ...]:
        """Return the plan of a notice in each of its areas, each plan once; none where it is nobody's."""
        in_areas = (replace(notice, area=area, areas=()) for area in notice.each_area)
        found = (next((plan for plan in self.plans if plan.fits(one)), None) for one in in_areas)
        return tuple({plan.name: plan for plan in found if plan is not None}.values())


BUILT_IN = NoticePlans(
    ways={"mqtt": Way(name="mqtt", kind=WayKind.MQTT)},
    plans=(NoticePlan(name="everything", steps=(PlanStep(after=timedelta(0), ways=("mqtt",)),)),),
)
"""Without a `notify.toml` every notice goes out on MQTT."""
