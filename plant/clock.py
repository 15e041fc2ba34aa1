"""Time is an argument, so that every behaviour in time is tested without sleeping."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """What tells the time and waits."""

    def now(self) -> datetime:
        """Return the present instant, in UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait for `seconds`."""
        ...


class SystemClock:
    """The clock on the wall."""

    def now(self) -> datetime:
        """Return the present instant, in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait for `seconds`."""
        time.sleep(seconds)


class ManualClock:
    """A clock that moves only when told, for tests.

    >>> clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    >>> clock.sleep(90)
    >>> clock.now().isoformat()
    '2026-01-01T00:01:30+00:00'
    """

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """Return the instant the clock was moved to."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Move the clock by `seconds` at once."""
        self._now += timedelta(seconds=seconds)


def iso(time: datetime) -> str:
    """Write a time in ISO 8601, UTC, to the millisecond.

    >>> iso(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    '2026-01-02T03:04:05.000Z'
    """
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def in_zone(at: datetime, zone: str) -> str:
    """Write an instant to the minute as the clocks of a time zone show it, with their offset from UTC.

    >>> eight = datetime(2026, 3, 1, 8, tzinfo=UTC)
    >>> in_zone(eight, "Asia/Shanghai"), in_zone(eight, "UTC")
    ('2026-03-01 16:00 UTC+08:00', '2026-03-01 08:00 UTC')
    """
    local = at.astimezone(ZoneInfo(zone))
    offset = local.isoformat()[-6:]
    return f"{local:%Y-%m-%d %H:%M} UTC{'' if offset == '+00:00' else offset}"
