"""Calendars of a schedule: in which hours people work, and how much working time lies between two instants."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import accumulate

Shift = tuple[int, int]
"""From when to when people work, in minutes from midnight; 1440 is the midnight at which the day ends."""
DAY_MIN = 1440
MOST_DAYS = 40_000
"""So many days are counted at most: a hundred years. A schedule that goes on for longer is damaged."""
_MOST_BASES = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkCalendar:
    """When people work: by the day of the week (0 is Monday), but for exceptions; what it leaves open its `base` says.

    >>> standard = WorkCalendar(key="1", week=dict.fromkeys(range(5), ((480, 720), (780, 1020))))
    >>> crew = WorkCalendar(key="2", week={5: ((480, 720),)}, exceptions={date(2026, 5, 1): ()}, base=standard)
    >>> [crew.minutes_on(date(2026, 5, day)) for day in (1, 2, 3, 4)]
    [0, 240, 0, 480]
    """

    key: str
    name: str = ""
    week: Mapping[int, tuple[Shift, ...]]
    exceptions: Mapping[date, tuple[Shift, ...]] = field(default_factory=dict)
    base: WorkCalendar | None = None

    def shifts_on(self, day: date) -> tuple[Shift, ...]:
        """Return from when to when people work on a day."""
        found = self.exception_on(day)
        return self.usual_on(day.weekday()) if found is None else found

    def minutes_on(self, day: date) -> int:
        """Return for how long people work on a day."""
        return sum(end - begin for begin, end in self.shifts_on(day))

    def exception_on(self, day: date) -> tuple[Shift, ...] | None:
        """Return the shifts of a day that is an exception; None where it is none."""
        if day in self.exceptions:
            return self.exceptions[day]
        return self.base.exception_on(day) if self.base else None

    def usual_on(self, weekday: int) -> tuple[Shift, ...]:
        """Return the shifts of a day of the week, where that is no exception."""
        if weekday in self.week:
            return self.week[weekday]
        return self.base.usual_on(weekday) if self.base else ()


AROUND_THE_CLOCK = WorkCalendar(key="", name="24 hours", week=dict.fromkeys(range(7), ((0, DAY_MIN),)))
"""What elapsed durations are counted in."""
STANDARD = WorkCalendar(key="", name="Standard", week=dict.fromkeys(range(5), ((480, 720), (780, 1020))))
"""What a schedule without calendars is counted in: Monday to Friday, 8 to 12 and 13 to 17."""


class WorkingTime:
    """Counts the working time of a calendar from a first day to a last one; each day is looked up once.

    >>> standard = WorkCalendar(key="1", week=dict.fromkeys(range(5), ((480, 720), (780, 1020))))
    >>> counted = WorkingTime(standard, date(2026, 6, 1), date(2026, 6, 30))
    >>> counted.hours_between(datetime(2026, 6, 5, 10, 0), datetime(2026, 6, 8, 14, 0))
    11.0
    """

    def __init__(self, calendar: WorkCalendar, first: date, last: date) -> None:
        self._calendar = calendar
        self._first = first
        days = min((last - first).days + 1, MOST_DAYS)
        each = (calendar.minutes_on(first + timedelta(days=number)) for number in range(days))
        self._before = [0, *accumulate(each)]

    def hours_between(self, begin: datetime, end: datetime) -> float:
        """Return the working hours between two instants of these days; 0 where the second is the earlier one."""
        return max(0.0, self._until(end) - self._until(begin)) / 60

    def _until(self, at: datetime) -> float:
        number = (at.date() - self._first).days
        if not 0 <= number < len(self._before) - 1:
            return float(self._before[0 if number < 0 else -1])
        now = (datetime.combine(at.date(), at.time()) - datetime.combine(at.date(), time())).total_seconds() / 60
        shifts = self._calendar.shifts_on(at.date())
        return self._before[number] + sum(min(max(now - begin, 0), end - begin) for begin, end in shifts)


def chained(keys: Iterable[str], read: Callable[[str], tuple[WorkCalendar, str]]) -> dict[str, WorkCalendar]:
    """Return the calendars of a file by their keys; `read` gives one, and the key of the one that it is based on."""
    read_of = {key: read(key) for key in keys}
    built: dict[str, WorkCalendar] = {}

    def build(key: str, depth: int) -> WorkCalendar | None:
        if key not in read_of or depth > _MOST_BASES:
            return None
        if key not in built:
            calendar, base = read_of[key]
            built[key] = replace(calendar, base=build(base, depth + 1))
        return built[key]

    for key in read_of:
        build(key, 0)
    return built


def minute_of(text: str, *, is_end: bool = False) -> int | None:
    """Read a time of day as minutes from midnight; midnight as an end is that of the next day. None where it is none.

    >>> minute_of("08:30"), minute_of("12:15 AM"), minute_of("00:00:00", is_end=True), minute_of("soon")
    (510, 15, 1440, None)
    """
    said = text.strip().upper()
    for form in ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M%p"):
        try:
            at = datetime.strptime(said, form)  # noqa: DTZ007 - a time of day
        except ValueError:
            continue
        return at.hour * 60 + at.minute or (DAY_MIN if is_end else 0)
    return None


def shift_of(begin: str, end: str) -> Shift | None:
    """Read a shift; None where it says no time, or ends before it begins."""
    first, last = minute_of(begin), minute_of(end, is_end=True)
    return (first, last) if first is not None and last is not None and first < last else None


def working_days(calendar: Mapping[str, object], today: date, due: date) -> int | None:
    """Count the days of work that are left, the due day among them; None where it is past, or no calendar is known.

    `calendar` is what `as_document` wrote.

    >>> week, holidays = dict.fromkeys(range(5), ((480, 1020),)), {date(2026, 5, 1): ()}
    >>> standard = WorkCalendar(key="1", week=week, exceptions=holidays)
    >>> kept = as_document(standard, date(2026, 1, 1), date(2026, 12, 31))
    >>> working_days(kept, date(2026, 4, 29), date(2026, 5, 5))
    3
    """
    week, exceptions = calendar.get("week"), calendar.get("exceptions")
    if not isinstance(week, list) or not isinstance(exceptions, dict) or not 0 <= (due - today).days <= MOST_DAYS:
        return None
    days = (today + timedelta(days=number) for number in range(1, (due - today).days + 1))
    return sum(1 for day in days if exceptions.get(day.isoformat(), week[day.weekday()]))


def as_document(calendar: WorkCalendar, first: date, last: date) -> dict[str, object]:
    """Return the minutes of each day of the week, and of each day of a span that has others."""
    week = [sum(end - begin for begin, end in calendar.usual_on(weekday)) for weekday in range(7)]
    days = [first + timedelta(days=number) for number in range(min((last - first).days + 1, MOST_DAYS))]
    others = {day.isoformat(): minutes for day in days if (minutes := calendar.minutes_on(day)) != week[day.weekday()]}
    return {"name": calendar.name, "week": week, "exceptions": others}
