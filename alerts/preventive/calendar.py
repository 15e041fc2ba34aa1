"""When a plan of the calendar is due: rules of RFC 5545 in the local time of a site, moved past its days off."""

from __future__ import annotations

import importlib
import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from plant.errors import Misconfigured, Rejected

_ALLOWED = re.compile(r"[A-Z0-9=;,+-]{1,500}")
_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_LONGEST_MOVE = 30  # days off in a row
_DAY = timedelta(days=1)
_MOST_BETWEEN = 100


def checked_rule(rule: str) -> str:
    """Return a rule that comes again in days, weeks, months or years.

    Raises:
        Rejected: it is no rule of RFC 5545, repeats every 0, or more often than daily.

    >>> checked_rule("FREQ=WEEKLY;BYDAY=MO")
    'FREQ=WEEKLY;BYDAY=MO'
    """
    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    if not _ALLOWED.fullmatch(rule) or parts.get("FREQ") not in _FREQUENCIES:
        known = ", ".join(sorted(_FREQUENCIES))
        raise Rejected("bad_rule", f"{rule!r} is no rule as FREQ=WEEKLY;BYDAY=MO, with FREQ {known}")
    if not re.fullmatch(r"[1-9][0-9]{0,3}", parts.get("INTERVAL", "1")):
        raise Rejected("repeat_every_0", f"{rule}: a plan repeats every 1 to 9999, not every {parts['INTERVAL']}")
    if {"BYHOUR", "BYMINUTE", "BYSECOND"} & parts.keys():
        raise Rejected("bad_rule", f"{rule}: say the time of day by `begins`")
    try:
        rrulestr(rule.replace("Z", ""), dtstart=datetime(2026, 1, 1))  # noqa: DTZ001 - local time
    except (ValueError, TypeError) as error:
        raise Rejected("bad_rule", f"{rule}: {error}") from error
    return rule


def next_due(
    rule: str, *, begins: datetime, zone: str, after: datetime | None, working_days: str = ""
) -> datetime | None:
    """Return the first time after `after` at which a rule is due, as an instant; None where it has ended.

    `begins` is a local time without zone. A local time that a change of the clock leaves out comes an hour later, one
    that comes twice counts the first time.

    >>> due = next_due("FREQ=DAILY", begins=datetime(2026, 3, 28, 2, 30), zone="Europe/Berlin", after=None)
    >>> next_due("FREQ=DAILY", begins=datetime(2026, 3, 28, 2, 30), zone="Europe/Berlin", after=due).isoformat()
    '2026-03-29T01:30:00+00:00'
    """
    local_zone = ZoneInfo(zone)
    times = rrulestr(rule.replace("Z", ""), dtstart=begins)
    since = begins - _DAY
    if after is not None:
        since = after.astimezone(local_zone).replace(tzinfo=None) - _LONGEST_MOVE * _DAY
    found = _first(times, since)
    while found is not None:
        due = _on_working_day(found, working_days).replace(tzinfo=local_zone).astimezone(UTC)
        if after is None or due > after:
            return due
        found = _first(times, found)
    return None


@lru_cache(maxsize=4096)
def due_between(
    rule: str, *, begins: datetime, zone: str, since: datetime, until: datetime, working_days: str = ""
) -> tuple[datetime, ...]:
    """Return the times at which a rule is due from `since` on and before `until`, at most a hundred.

    >>> since, until = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 15, tzinfo=UTC)
    >>> begins = datetime(2026, 1, 5, 8)
    >>> due = due_between("FREQ=WEEKLY;BYDAY=MO", begins=begins, zone="UTC", since=since, until=until)
    >>> [one.day for one in due]
    [2, 9]
    """
    found: list[datetime] = []
    due = next_due(rule, begins=begins, zone=zone, after=since - timedelta(seconds=1), working_days=working_days)
    while due is not None and due < until and len(found) < _MOST_BETWEEN:
        found.append(due)
        due = next_due(rule, begins=begins, zone=zone, after=due, working_days=working_days)
    return tuple(found)


def _first(times: Any, after: datetime) -> datetime | None:
    found: datetime | None = times.after(after)
    return found


def _on_working_day(local: datetime, country: str) -> datetime:
    if not country:
        return local
    for days in range(_LONGEST_MOVE + 1):
        moved = local + days * _DAY
        if is_working_day(moved.date(), country):
            return moved
    return local


def is_working_day(day: date, country: str) -> bool:
    """Say whether people work on a day in a country: China with exchanged weekends, others by public holidays.

    Raises:
        Misconfigured: the libraries that know it are not installed, or do not know the country.
    """
    if country == "CN":
        try:
            return bool(_library("chinese_calendar").is_workday(day))
        except NotImplementedError:  # a year whose days off are not announced yet
            return day.weekday() < 5
    try:
        off = _library("holidays").country_holidays(country, years=day.year)
    except (NotImplementedError, KeyError) as error:
        raise Misconfigured(f"the days off of {country} are not known; write a country of ISO 3166, as DE") from error
    return day.weekday() < 5 and day not in off


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise Misconfigured("working days want more libraries: pip install assetloop[calendars]") from error
