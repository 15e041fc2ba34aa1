"""Who gets a notice in one step of its plan, and who gets it later: decided from what is known, nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.dispatch.plans import ON_CALL, WHOLE_TEAM, NoticePlan, NoticePlans, PlanStep, Way, WayKind
from plant.notices.hours import WeeklyHours
from plant.notices.notice import Notice
from plant.severity import Severity

OWN_HOURS, QUIET_HOURS = "own_hours", "quiet_hours"


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """A person who may be told, and how they narrow what reaches them: `areas` None is every area."""

    sign_in: str
    name: str
    language: str = ""
    mail: str = ""
    at_least: Severity = Severity.INDETERMINATE
    areas: frozenset[str] | None = None
    hours: WeeklyHours | None = None

    def wants(self, notice: Notice) -> bool:
        """Say whether a notice is within what they want to be reached with."""
        fits_area = self.areas is None or notice.area is None or not self.areas.isdisjoint(notice.each_area)
        return notice.severity.at_least(self.at_least) and fits_area

    def is_called(self, names: Iterable[str]) -> bool:
        """Say whether a roster that names these means them."""
        own = {self.sign_in.lower(), self.name.lower(), self.mail.lower()} - {""}
        return not own.isdisjoint(names)


@dataclass(frozen=True, kw_only=True, slots=True)
class Receiver:
    """Where one message goes: by a way, to a person or, where it is empty, to the way itself. `held` says why later."""

    way: str
    person: str = ""
    language: str = ""
    at: datetime
    held: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class StepReceivers:
    """Who gets a step; `nobody_on_call` says that it meant who is on call, and nobody is."""

    receivers: tuple[Receiver, ...]
    nobody_on_call: bool


def receivers_of(
    notice: Notice,
    plans: NoticePlans,
    plan: NoticePlan,
    step: PlanStep,
    *,
    team: Sequence[Contact],
    everybody: Sequence[Contact],
    on_call: Sequence[Contact],
    now: datetime,
) -> StepReceivers:
    """Decide who gets a step.

    Being on call overrides what a person narrows; so does a notice that is critical, for their hours. Where nobody is
    on call the whole team is told instead.
    """
    wants_on_call = ON_CALL in step.people
    called = {one.sign_in for one in on_call}
    nobody = wants_on_call and not called
    people = _people(step, team=team, everybody=everybody, called=called, nobody_on_call=nobody)
    ways = [plans.ways[name] for name in step.ways]
    shared = [_to_way(way, notice, plan, now) for way in ways if not way.each]
    own = [
        _to_person(way, one, notice, plan, now, is_called=one.sign_in in called)
        for way in ways
        if way.each
        for one in people
        if _can_reach(plans, way, one) and (one.sign_in in called or one.wants(notice))
    ]
    return StepReceivers(receivers=(*shared, *own), nobody_on_call=nobody)


def _people(
    step: PlanStep,
    *,
    team: Sequence[Contact],
    everybody: Sequence[Contact],
    called: set[str],
    nobody_on_call: bool,
) -> Iterator[Contact]:
    is_team = WHOLE_TEAM in step.people or nobody_on_call
    members = {one.sign_in for one in team} if is_team else set()
    named = members | called.intersection(called if ON_CALL in step.people else ()) | set(step.people)
    return (one for one in everybody if one.sign_in in named)


def _can_reach(plans: NoticePlans, way: Way, person: Contact) -> bool:
    if way.kind is WayKind.MAIL:
        return bool(person.mail)
    return way.name in plans.chats.get(person.sign_in, {})


def _to_way(way: Way, notice: Notice, plan: NoticePlan, now: datetime) -> Receiver:
    held_until = None if way.is_machine else _quiet_until(notice, plan, now)
    return Receiver(
        way=way.name, language=way.language, at=held_until or now, held=QUIET_HOURS if held_until is not None else ""
    )


def _to_person(
    way: Way, person: Contact, notice: Notice, plan: NoticePlan, now: datetime, *, is_called: bool
) -> Receiver:
    at, held = now, ""
    quiet_until = _quiet_until(notice, plan, now)
    if quiet_until is not None:
        at, held = quiet_until, QUIET_HOURS
    if person.hours is not None and not is_called and not notice.critical:
        begins = person.hours.next_begin(at)
        at, held = begins, OWN_HOURS if begins > at else held
    return Receiver(way=way.name, person=person.sign_in, language=person.language or way.language, at=at, held=held)


def _quiet_until(notice: Notice, plan: NoticePlan, now: datetime) -> datetime | None:
    return None if notice.critical or plan.quiet is None else plan.quiet.end_of(now)


def due_after_quiet(notice: Notice, plan: NoticePlan, due: datetime) -> datetime:
    """Return when a step is taken that would be due at an instant: after the quiet hours, where it falls into some."""
    return _quiet_until(notice, plan, due) or due
