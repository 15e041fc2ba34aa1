"""Instants and days as people write them on the command line."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from plant.errors import Misconfigured

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_instant(text: str) -> datetime:
    """Read an ISO 8601 instant with its zone.

    Raises:
        Misconfigured: it is none; the text says how to write it.

    >>> read_instant("2026-01-31T08:00+08:00").isoformat()
    '2026-01-31T08:00:00+08:00'
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise Misconfigured(f"{text} is no ISO 8601 instant; write 2026-01-31T08:00+08:00") from error
    if instant.tzinfo is None:
        raise Misconfigured(f"{text} does not say its time zone; write {text}+08:00, or {text}Z for UTC")
    return instant


def read_day(text: str) -> date:
    """Read a day of the calendar.

    Raises:
        Misconfigured: it is none.

    >>> read_day("2026-03-04").isoformat()
    '2026-03-04'
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Misconfigured(f"{text} is no day; write 2026-03-04") from error


_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def read_since(text: str, now: datetime) -> datetime:
    """Read an instant, or a stretch of time back from `now`, as 90s, 15m, 2h, 3d.

    Raises:
        Misconfigured: it is neither.

    >>> read_since("2h", datetime.fromisoformat("2026-01-31T08:00Z")).isoformat()
    '2026-01-31T06:00:00+00:00'
    """
    stretch = re.fullmatch(r"([0-9]{1,6})([smhd])", text.strip())
    if stretch is None:
        return read_instant(text)
    return now - timedelta(**{_UNITS[stretch[2]]: int(stretch[1])})


def shown_ms(time_ms: float) -> str:
    """Write milliseconds since 1970 as an instant, or as they are where no calendar reaches.

    >>> shown_ms(1_700_000_000_500.0)
    '2023-11-14T22:13:20.500+00:00'
    """
    try:
        return (_EPOCH + timedelta(milliseconds=time_ms)).isoformat(timespec="milliseconds")
    except OverflowError:
        return f"{time_ms:.0f} ms since 1970"
