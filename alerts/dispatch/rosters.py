"""Who is on call by an iCalendar roster (RFC 5545): recurring events, their exceptions, and daylight saving."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
from dateutil.rrule import rruleset, rrulestr

from plant.errors import Rejected

_LONGEST_SHIFT = timedelta(days=62)
_MOST_EVENTS = 5000
_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_OLDEST = 2000  # occurrences are counted from the first one


def who_is_on_call(roster: bytes, at: datetime, *, zone: str) -> frozenset[str]:
    """Name who is on call at an instant: attendees by their mail address, else what the event's summary says.

    `zone` is where times without a zone, and whole days, are meant. Names are in lower case.

    Raises:
        Rejected: it is no iCalendar, or has an event that means nothing.
    """
    try:
        events = [event for event in icalendar.Calendar.from_ical(roster).walk("VEVENT") if "DTSTART" in event]
        if len(events) > _MOST_EVENTS:
            raise Rejected("bad_roster", f"a roster has at most {_MOST_EVENTS} events")
        return frozenset(name for event in _standing(events, at, ZoneInfo(zone)) for name in _names(event))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as error:
        raise Rejected("bad_roster", f"this is no roster in iCalendar: {error}") from error


def _standing(events: list[Any], at: datetime, zone: tzinfo) -> Iterator[Any]:
    """Yield the events that go on at an instant; an occurrence that was moved counts where it was moved to."""
    moved = {
        (str(event.get("UID")), _instant(event.decoded("RECURRENCE-ID"), zone))
        for event in events
        if "RECURRENCE-ID" in event
    }
    for event in events:
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        for begin, end in _occurrences(event, at, zone):
            is_moved = "RECURRENCE-ID" not in event and (str(event.get("UID")), begin) in moved
            if begin <= at < end and not is_moved:
                yield event
                break


def _occurrences(event: Any, at: datetime, zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
    """Yield those occurrences that may go on at an instant. Rules count by the clock of the event's own zone."""
    start = event.decoded("DTSTART")
    local = _wall(start)
    own_zone = start.tzinfo if isinstance(start, datetime) and start.tzinfo else zone
    length = _length(event, start)
    if not timedelta(0) < length <= _LONGEST_SHIFT:
        return
    here = at.astimezone(own_zone).replace(tzinfo=None)
    for begin in _rules(event, local, own_zone).between(here - length - timedelta(days=1), here, inc=True):
        yield (
            begin.replace(tzinfo=own_zone).astimezone(UTC),
            (begin + length).replace(tzinfo=own_zone, fold=1).astimezone(UTC),
        )


def _rules(event: Any, local: datetime, zone: tzinfo) -> rruleset:
    rules = rruleset()
    for rule in _listed(event.get("RRULE")):
        if local.year < _OLDEST or rule["FREQ"][0] not in _FREQUENCIES:
            raise ValueError("a shift recurs by day, week, month or year, and began after 1999")
        rules.rrule(rrulestr(_until_by_the_clock(rule, zone), dtstart=local))  # type: ignore[arg-type]
    if "RRULE" not in event:
        rules.rdate(local)
    for name, add in (("RDATE", rules.rdate), ("EXDATE", rules.exdate)):
        for dates in _listed(event.get(name)):
            for one in dates.dts:
                add(_wall_in(one.dt, zone))
    return rules


def _until_by_the_clock(rule: Any, zone: tzinfo) -> str:
    """Write a rule with its end by the clock, as its beginning is."""
    rule = icalendar.vRecur(rule)
    if "UNTIL" in rule:
        until = rule["UNTIL"][0] if isinstance(rule["UNTIL"], list) else rule["UNTIL"]
        is_day = not isinstance(until, datetime)
        rule["UNTIL"] = [datetime.combine(until, time.max.replace(microsecond=0)) if is_day else _wall_in(until, zone)]
    return str(rule.to_ical().decode())


def _length(event: Any, start: date | datetime) -> timedelta:
    if "DURATION" in event:
        return timedelta(seconds=event.decoded("DURATION").total_seconds())
    if "DTEND" in event:
        return _wall(event.decoded("DTEND")) - _wall(start)
    return timedelta(0) if isinstance(start, datetime) else timedelta(days=1)


def _wall(value: date | datetime) -> datetime:
    """Return what the clock shows."""
    return value.replace(tzinfo=None) if isinstance(value, datetime) else datetime.combine(value, time.min)


def _wall_in(value: date | datetime, zone: tzinfo) -> datetime:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(zone).replace(tzinfo=None)
    return _wall(value)


def _instant(value: date | datetime, zone: tzinfo) -> datetime:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    return _wall(value).replace(tzinfo=zone).astimezone(UTC)


def _names(event: Any) -> list[str]:
    attendees = [str(one).lower().removeprefix("mailto:").strip() for one in _listed(event.get("ATTENDEE"))]
    said = [part.strip().lower() for part in str(event.get("SUMMARY", "")).replace("，", ",").split(",")]
    return [name for name in attendees or said if name]


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
