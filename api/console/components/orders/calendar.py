"""A month or a week of what is to be done: orders on the day they should be done by, plans on the day they are due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from nicegui.element import Element

from alerts.preventive.calendar import due_between
from api.console.components.elements import box, link, words
from api.console.components.orders.order_rows import what
from api.console.texts.texts import named
from api.console.visit import Visit
from plant.orders.maintenance_plan import KeptPlan, PlanKind
from storage.views.order_list import ListedOrder

Span = Literal["month", "week"]
_DAY = timedelta(days=1)
_SHOWN = {"month": 4, "week": 40}
_WEEKDAYS = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarDays:
    """The days that are shown, from a Monday to a Sunday, and the day that was asked for."""

    span: Span
    asked: date
    first: date
    last: date

    @classmethod
    def around(cls, asked: date, span: Span) -> CalendarDays:
        """Return the whole weeks around a day, or around its month.

        >>> month = CalendarDays.around(date(2026, 3, 11), "month")
        >>> month.first.isoformat(), month.last.isoformat()
        ('2026-02-23', '2026-04-05')
        """
        start, end = asked, asked
        if span == "month":
            start = asked.replace(day=1)
            end = (start + 31 * _DAY).replace(day=1) - _DAY
        first = start - start.weekday() * _DAY
        last = end + (6 - end.weekday()) * _DAY
        return cls(span=span, asked=asked, first=first, last=last)

    def beside(self, steps: int) -> date:
        """Return a day of the span before, or after."""
        if self.span == "week":
            return self.asked + steps * _WEEKDAYS * _DAY
        return (self.asked.replace(day=15) + steps * 30 * _DAY).replace(day=1)

    @property
    def since(self) -> datetime:
        """Return an instant before all of it, in whatever zone."""
        return datetime.combine(self.first - _DAY, time.min, UTC)

    @property
    def until(self) -> datetime:
        """Return an instant after all of it, in whatever zone."""
        return datetime.combine(self.last + 2 * _DAY, time.min, UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarEntry:
    """What is to be done on a day, at a local time: an order, or a plan that will raise one."""

    at: datetime
    order: ListedOrder | None = None
    plan: KeptPlan | None = None


Month = dict[date, list[CalendarEntry]]


def entries(
    listed: Sequence[ListedOrder], plans: Sequence[KeptPlan], zones: dict[str, str], days: CalendarDays
) -> Month:
    """Put orders and plans on their days, each in the zone of its site."""
    found: Month = defaultdict(list)
    for one in listed:
        at = one.order.requested_finish.astimezone(ZoneInfo(zones.get(one.order.site, "UTC")))
        found[at.date()].append(CalendarEntry(at=at, order=one))
    for plan in plans:
        for due in _due(plan, days):
            at = due.astimezone(ZoneInfo(plan.zone))
            found[at.date()].append(CalendarEntry(at=at, plan=plan))
    for of_day in found.values():
        of_day.sort(key=lambda one: (one.order is None, one.at))
    return found


def _due(kept: KeptPlan, days: CalendarDays) -> Sequence[datetime]:
    """Name when a plan is due; of one that floats only the next time is known, and what is past became an order."""
    plan = kept.plan
    if not kept.is_active or kept.next_due is None or kept.next_due >= days.until:
        return ()
    if plan.floats or plan.kind is not PlanKind.CALENDAR or plan.begins is None:
        return (kept.next_due,)
    since = max(days.since, kept.next_due)
    return due_between(
        plan.rule, begins=plan.begins, zone=kept.zone, since=since, until=days.until, working_days=plan.working_days
    )


def show_calendar(visit: Visit, room: Element, days: CalendarDays, month: Month) -> None:
    """Draw the days."""
    room.clear()
    with room, box(f"calendar {days.span}", testid="calendar"):
        for weekday in range(_WEEKDAYS):
            words(visit.t(f"weekday_{weekday}"), "weekday small muted")
        day = days.first
        while day <= days.last:
            _day(visit, days, day, month.get(day, []))
            day += _DAY


def _day(visit: Visit, days: CalendarDays, day: date, here: Sequence[CalendarEntry]) -> None:
    outside = days.span == "month" and day.month != days.asked.month
    classes = f"day {'outside' if outside else ''} {'' if here else 'nothing'}"
    with box(classes, testid=f"day-{day.isoformat()}"):
        with box("line"):
            words(visit.t(f"weekday_{day.weekday()}"), "small muted weekday-here")
            words(str(day.day) if day.day > 1 else f"{day.month}/{day.day}", "small strong")
        for entry in here[: _SHOWN[days.span]]:
            _entry(visit, entry)
        if len(here) > _SHOWN[days.span]:
            with link(f"/work-orders?view=week&day={day.isoformat()}", "plain-link small"):
                words(visit.t("more_of_them", count=len(here) - _SHOWN[days.span]))


def _entry(visit: Visit, entry: CalendarEntry) -> None:
    if entry.order is not None:
        order = entry.order.order
        tone = "alarm" if order.is_overdue(visit.parts.clock.now()) else "accent" if order.state.is_open else "plain"
        with link(f"/work-orders/{order.number}", f"due tone-{tone}"):
            words(f"{entry.at:%H:%M} {order.asset}", "strong clip")
            words(what(visit, order), "clip")
    elif entry.plan is not None:
        plan = entry.plan.plan
        with link(f"/maintenance-plans?text={plan.tag}", "due planned tone-good"):
            words(f"{entry.at:%H:%M} {plan.asset}", "strong clip")
            words(named(visit.language, plan.name, plan.name_zh), "clip")
