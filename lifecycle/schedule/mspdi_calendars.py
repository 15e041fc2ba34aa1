"""Calendars of Microsoft Project's XML: the week, weeks that are others, and exceptions, which may come again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from itertools import islice
from typing import TYPE_CHECKING, Any

from dateutil.rrule import DAILY, FR, MO, MONTHLY, SA, SU, TH, TU, WE, WEEKLY, YEARLY, rrule

from lifecycle.schedule.calendar import Shift, WorkCalendar, chained, shift_of
from plant.errors import Rejected

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_MOST_EXCEPTIONS = 20_000
_WEEKDAYS = (SU, MO, TU, WE, TH, FR, SA)
# By its number: any day, a day of the week, a day of the weekend, Sunday to Saturday.
_ITEMS = (_WEEKDAYS, (MO, TU, WE, TH, FR), (SU, SA), *((day,) for day in _WEEKDAYS))
_POSITIONS = (1, 2, 3, 4, -1)


def calendars_of(project: Element) -> dict[str, WorkCalendar]:
    """Read every calendar by its number; each knows the one that it is based on."""
    found = {text_of(one, "UID"): one for one in within(project, "Calendars")}

    def read(key: str) -> tuple[WorkCalendar, str]:
        one = found[key]
        week, exceptions = _days(one)
        calendar = WorkCalendar(key=key, name=text_of(one, "Name"), week=week, exceptions=exceptions)
        return calendar, text_of(one, "BaseCalendarUID")

    return chained(found, read)


def _days(one: Element) -> tuple[dict[int, tuple[Shift, ...]], dict[date, tuple[Shift, ...]]]:
    week: dict[int, tuple[Shift, ...]] = {}
    exceptions: dict[date, tuple[Shift, ...]] = {}
    for other in within(one, "WorkWeeks"):
        days = {_weekday(day): _shifts(day) for day in within(other, "WeekDays")}
        _take(exceptions, ((at, days[at.weekday()]) for at in _comes(other) if at.weekday() in days))
    for day in within(one, "WeekDays"):
        weekday = _weekday(day)
        if weekday is not None:
            week[weekday] = _shifts(day)
        elif text_of(day, "DayType") == "0":
            _take(exceptions, ((at, _shifts(day)) for at in _comes(day)))
    for exception in within(one, "Exceptions"):
        _take(exceptions, ((at, _shifts(exception)) for at in _comes(exception)))
    return week, exceptions


def _take(into: dict[date, tuple[Shift, ...]], days: Iterable[tuple[date, tuple[Shift, ...]]]) -> None:
    into.update(days)
    if len(into) > _MOST_EXCEPTIONS:
        raise Rejected("bad_calendar", f"a calendar has more than {_MOST_EXCEPTIONS} days that are exceptions")


def _comes(exception: Element) -> Iterator[date]:
    """Say on which days an exception is: every day of its span, or as it comes again."""
    first, last = _from(exception), _to(exception)
    if first is None or last is None or last < first:
        return iter(())
    again = _again(exception)
    if again is None:
        return _bounded(rrule(DAILY, dtstart=first, until=last))
    times = number_of(exception, "Occurrences", 0)
    if times > 0 and number_of(exception, "EnteredByOccurrences", 0):
        return _bounded(rrule(dtstart=first, count=times, **again))
    return _bounded(rrule(dtstart=first, until=last, **again))


def _again(exception: Element) -> dict[str, Any] | None:
    """Return the rule by which an exception comes again; None where it is each day of its span."""
    every = max(number_of(exception, "Period", 1), 1)
    month, day = number_of(exception, "Month", 0) % 12 + 1, min(max(number_of(exception, "MonthDay", 1), 1), 31)
    item = _ITEMS[min(max(number_of(exception, "MonthItem", 0), 0), len(_ITEMS) - 1)]
    position = _POSITIONS[min(max(number_of(exception, "MonthPosition", 0), 0), len(_POSITIONS) - 1)]
    mask = number_of(exception, "DaysOfWeek", 0)
    chosen = tuple(weekday for bit, weekday in enumerate(_WEEKDAYS) if mask >> bit & 1)
    rules: dict[int, dict[str, Any]] = {
        2: {"freq": YEARLY, "bymonth": month, "bymonthday": day},
        3: {"freq": YEARLY, "bymonth": month, "byweekday": item, "bysetpos": position},
        4: {"freq": MONTHLY, "interval": every, "bymonthday": day},
        5: {"freq": MONTHLY, "interval": every, "byweekday": item, "bysetpos": position},
        6: {"freq": WEEKLY, "interval": every, "byweekday": chosen or _WEEKDAYS, "wkst": SU},
        7: {"freq": DAILY, "interval": every},
    }
    return rules.get(number_of(exception, "Type", 1))


def _bounded(rule: Iterable[datetime]) -> Iterator[date]:
    return (at.date() for at in islice(rule, _MOST_EXCEPTIONS + 1))


def _weekday(day: Element) -> int | None:
    kind = number_of(day, "DayType", 0)
    return (kind + 5) % 7 if 1 <= kind <= 7 else None  # 1 is Sunday there


def _shifts(day: Element) -> tuple[Shift, ...]:
    if text_of(day, "DayWorking") != "1":
        return ()
    found = (shift_of(text_of(one, "FromTime"), text_of(one, "ToTime")) for one in within(day, "WorkingTimes"))
    return tuple(sorted(shift for shift in found if shift is not None))


def _from(element: Element) -> datetime | None:
    return _bound(element, "FromDate")


def _to(element: Element) -> datetime | None:
    return _bound(element, "ToDate")


def _bound(element: Element, name: str) -> datetime | None:
    period = next((part for part in element if name_of(part) == "TimePeriod"), None)
    at = instant_of(text_of(period, name)) if period is not None else None
    return datetime.combine(at.date(), time()) if at else None


def name_of(element: Element) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def text_of(element: Element, name: str) -> str:
    """Return what a part of an element says; nothing where there is no such part."""
    return next(((part.text or "").strip() for part in element if name_of(part) == name), "")


def number_of(element: Element, name: str, default: int) -> int:
    """Return what a part of an element says as a whole number, else the default."""
    said = text_of(element, name)
    return int(said) if said.lstrip("-").isascii() and said.lstrip("-").isdigit() and len(said) < 10 else default


def within(element: Element, name: str) -> Iterator[Element]:
    """Go through what a list in an element holds."""
    return (one for part in element if name_of(part) == name for one in part)


def instant_of(text: str) -> datetime | None:
    """Read an instant as schedules write it, without a zone; None where it is none.

    >>> instant_of("2026-06-01T08:00:00"), instant_of("2026-06-01 08:00"), instant_of("soon")
    (datetime.datetime(2026, 6, 1, 8, 0), datetime.datetime(2026, 6, 1, 8, 0), None)
    """
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=None)
    except ValueError:
        return None
