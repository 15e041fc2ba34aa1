"""The work of a schedule: how much of it there is, how much is done, and how much the plan had done by then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from lifecycle.schedule.calendar import MOST_DAYS, WorkCalendar, WorkingTime, as_document
from lifecycle.schedule.milestones import Milestone
from storage.projects.project_work import KeptWork

_FURTHER_DAYS = 731


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduledActivity:
    """Work of a schedule, no summary of other work: its duration in working hours of its calendar, and what is done.

    `plan_hours` is the duration that was planned; `plan_start` and `plan_finish` are None where nothing was.
    """

    key: str
    name: str
    hours: float
    done_percent: float
    calendar: WorkCalendar
    plan_start: datetime | None
    plan_finish: datetime | None
    is_started: bool
    is_finished: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SchedulePlan:
    """A schedule as it was read: milestones, work, the calendar that stands for the whole, and the day it is of."""

    milestones: Sequence[Milestone]
    activities: Sequence[ScheduledActivity] = ()
    calendar: WorkCalendar | None = None
    calendars: Mapping[str, WorkCalendar] = field(default_factory=dict)
    status_at: datetime | None = None


def work_of(plan: SchedulePlan, now: datetime) -> KeptWork | None:
    """Add the work of a schedule up, as of the day that it says it is of, else as of `now`; None where it has none."""
    hours = sum(one.hours for one in plan.activities)
    if not hours:
        return None
    at = plan.status_at or now.replace(tzinfo=None)
    done = sum(one.hours * one.done_percent for one in plan.activities) / hours
    return KeptWork(
        status_on=at.date(),
        activities=len(plan.activities),
        started=sum(1 for one in plan.activities if one.is_started),
        finished=sum(1 for one in plan.activities if one.is_finished),
        hours=round(hours, 1),
        done_percent=round(done, 1),
        planned_percent=_planned(plan.activities, at),
        calendar=_calendar_of(plan, now.date()),
    )


def _planned(activities: Sequence[ScheduledActivity], at: datetime) -> float | None:
    counted = WorkCounted(activities)
    planned = [counted.planned_hours(one, at) for one in activities]
    total = sum(whole for _, whole in planned)
    return round(100 * sum(by_then for by_then, _ in planned) / total, 1) if total else None


class WorkCounted:
    """The working time of the calendars of a schedule, over the days of its plan."""

    def __init__(self, activities: Sequence[ScheduledActivity]) -> None:
        ends = [at for one in activities for at in (one.plan_start, one.plan_finish) if at]
        self._first = min(ends).date() if ends else date.min
        self._last = max(ends).date() if ends else date.min
        self._times: dict[int, WorkingTime] = {}

    def planned_hours(self, one: ScheduledActivity, at: datetime) -> tuple[float, float]:
        """Return how many working hours the plan of an activity has until an instant, and how many in all."""
        if one.plan_start is None or one.plan_finish is None:
            return 0.0, 0.0
        held = self._times.get(id(one.calendar))
        if held is None:
            held = self._times[id(one.calendar)] = WorkingTime(one.calendar, self._first, self._last)
        until = min(at, one.plan_finish)
        return held.hours_between(one.plan_start, until), held.hours_between(one.plan_start, one.plan_finish)


def _calendar_of(plan: SchedulePlan, today: date) -> dict[str, object]:
    """Return the calendar that stands for the whole schedule, for the days that it and two years from today cover."""
    if plan.calendar is None:
        return {}
    ends = [one.stands for one in plan.milestones if one.stands]
    first = min([*ends, today])
    last = min(max([*ends, today]).toordinal() + _FURTHER_DAYS, first.toordinal() + MOST_DAYS, date.max.toordinal())
    return as_document(plan.calendar, first, date.fromordinal(last))
