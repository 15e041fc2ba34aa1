"""Calendars of Primavera P6, which stand in one field of a row, nested in parentheses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from lifecycle.schedule.calendar import Shift, WorkCalendar, chained, shift_of

_PART = re.compile(r"\(\d*\|\|([^()]*)\(([^()]*)\)")
_SHIFT = re.compile(r"([sf])\|([^|]*)")
_DAY_ZERO = date(1899, 12, 30)


def xer_calendars(rows: Sequence[Mapping[str, str]]) -> dict[str, WorkCalendar]:
    """Read the calendars by their numbers; each knows the one that it is based on."""
    found = {row["clndr_id"]: row for row in rows if row.get("clndr_id")}

    def read(key: str) -> tuple[WorkCalendar, str]:
        row = found[key]
        week, exceptions = days_of(row.get("clndr_data", ""))
        calendar = WorkCalendar(key=key, name=row.get("clndr_name", ""), week=week, exceptions=exceptions)
        return calendar, row.get("base_clndr_id", "")

    return chained(found, read)


def days_of(data: str) -> tuple[dict[int, tuple[Shift, ...]], dict[date, tuple[Shift, ...]]]:
    """Read the week (0 is Monday) and the exceptions of a calendar's field.

    >>> data = (
    ...     "(0||CalendarData()((0||DaysOfWeek()((0||1()())"
    ...     "(0||2()((0||0(s|08:00|f|12:00)())(0||1(f|17:00|s|13:00)())))))"
    ...     "(0||Exceptions()((0||0(d|46143)())(0||1(d|46144)((0||0(s|08:00|f|10:00)())))))))"
    ... )
    >>> week, exceptions = days_of(data)
    >>> week[0], week[6], sorted((str(day), shifts) for day, shifts in exceptions.items())
    (((480, 720), (780, 1020)), (), [('2026-05-01', ()), ('2026-05-02', ((480, 600),))])
    """
    week: dict[int, tuple[Shift, ...]] = {}
    exceptions: dict[date, tuple[Shift, ...]] = {}
    weekday: int | None = None
    day: date | None = None
    for name, said in _PART.findall(data):
        at = _shift(said)
        if at and weekday is not None:
            week[weekday] = tuple(sorted((*week[weekday], at)))
        elif at and day is not None:
            exceptions[day] = tuple(sorted((*exceptions[day], at)))
        elif said.strip().startswith("d|"):
            weekday, day = None, _day(said)
            if day is not None:
                exceptions[day] = ()
        elif not said.strip() and name.strip() in {"1", "2", "3", "4", "5", "6", "7"} and day is None:
            weekday = (int(name) + 5) % 7  # 1 is Sunday there
            week[weekday] = ()
        elif not name.strip().isdigit():
            weekday, day = None, None
    return week, exceptions


def _shift(said: str) -> Shift | None:
    ends = dict(_SHIFT.findall(said))
    return shift_of(ends["s"], ends["f"]) if {"s", "f"} <= ends.keys() else None


def _day(said: str) -> date | None:
    number = said.strip()[2:].partition("|")[0].strip()
    return _DAY_ZERO + timedelta(days=int(number)) if number.isdecimal() and int(number) < 1_000_000 else None
