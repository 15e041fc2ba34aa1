"""Hours of a week in a zone, as a person writes them: `Mon-Fri 07:00-19:00, Sat 08:00-12:00`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from plant.errors import Rejected

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONGEST_DAYS = 8
_PART = re.compile(
    r"(?:(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))?\s+)?(?P<begin>\d{1,2}:\d{2})-(?P<end>\d{1,2}:\d{2})", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Window:
    days: frozenset[int]
    begin: time
    end: time

    def on(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
        """Return from when to when it lasts where it begins on a day; past midnight where its end is not later."""
        if day.weekday() not in self.days:
            return None
        last = day + timedelta(days=self.end <= self.begin)
        begin = datetime.combine(day, self.begin, tzinfo=zone)
        end = datetime.combine(last, self.end, tzinfo=zone).replace(fold=1)  # an hour that comes twice counts whole
        return begin.astimezone(UTC), end.astimezone(UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class WeeklyHours:
    """Stretches of a week by the clock of a zone."""

    windows: tuple[_Window, ...]
    zone: ZoneInfo

    @classmethod
    def read(cls, text: str, zone: str) -> WeeklyHours:
        """Read what a person wrote; days are Mon to Sun, none named is every day, an early end is the next day's.

        Raises:
            Rejected: they are no hours, or it is no zone.
        """
        try:
            known = ZoneInfo(zone)
        except (KeyError, ValueError, OSError) as error:
            raise Rejected("bad_zone", f"{zone!r} is no time zone, as Asia/Shanghai") from error
        return cls(windows=tuple(_window(part.strip()) for part in text.split(",")), zone=known)

    def end_of(self, at: datetime) -> datetime | None:
        """Return when the hours end that it is within, looked at for a week ahead; None where it is within none.

        >>> hours = WeeklyHours.read("Mon-Fri 22:00-06:00", "Europe/Berlin")
        >>> hours.end_of(datetime(2026, 3, 28, 4, tzinfo=UTC)).isoformat()
        '2026-03-28T05:00:00+00:00'
        """
        ended = None
        for _ in range(_LONGEST_DAYS):
            since = ended or at
            ends = [end for begin, end in self._around(since) if begin <= since < end]
            if not ends:
                break
            ended = max(ends)
        return ended

    def next_begin(self, at: datetime) -> datetime:
        """Return when the next hours begin, or `at` where it is within some."""
        if self.end_of(at) is not None:
            return at
        return min(begin for begin, _ in self._around(at, days=8) if begin >= at)

    def _around(self, at: datetime, days: int = 1) -> Iterator[tuple[datetime, datetime]]:
        today = at.astimezone(self.zone).date()
        for shift in range(-1, days + 1):
            for window in self.windows:
                stretch = window.on(today + timedelta(days=shift), self.zone)
                if stretch is not None:
                    yield stretch


def _window(part: str) -> _Window:
    match = _PART.fullmatch(part)
    if match is None:
        raise Rejected("bad_hours", f"{part!r} are no hours; write Mon-Fri 07:00-19:00")
    try:
        begin, end = (time.fromisoformat(match[name].rjust(5, "0")) for name in ("begin", "end"))
        days = _days(match["first"], match["last"])
    except ValueError as error:
        raise Rejected("bad_hours", f"{part!r} are no hours; write Mon-Fri 07:00-19:00") from error
    return _Window(days=days, begin=begin, end=end)


def _days(first: str | None, last: str | None) -> frozenset[int]:
    if first is None:
        return frozenset(range(7))
    begin = _DAYS.index(first.lower())
    end = _DAYS.index((last or first).lower())
    return frozenset((begin + shift) % 7 for shift in range((end - begin) % 7 + 1))
