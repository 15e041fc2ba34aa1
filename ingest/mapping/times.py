"""Times as sources write them: numbers since 1970 in some unit, texts by ISO 8601 or another form, one or in parts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, tzinfo
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

from ingest.decoding.decoded import ABSENT
from ingest.mapping.path import FirstPath, Path

TimeUnit: TypeAlias = Literal["s", "ms", "us", "ns", "iso", "rfc1123"]

_NS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1000, "ns": 1}
_YEAR_FIRST = re.compile(r"(\d{4})(?:[/.]|年)(\d\d?)(?:[/.]|月)(\d\d?)日?[ T]*(?=\d\d?:|$)(?:(\d)(?=:))?")
_FURTHEST_US = 2**62
_SHOWN = 40


class NoTime(Exception):
    """What stands where a time should be is none; the text says what stands there, and the mend."""


class TimeReader:
    """Reads the time of an element: µs since 1970, or `ABSENT` where none is wanted.

    `parts` are paths by the unit in which each counts, and add up. Texts without an offset are in `zone`; of an hour
    that comes twice in autumn the first is meant. `may_lack` lets an element without any time count as of its arrival.
    """

    def __init__(
        self,
        parts: Mapping[str, Path | FirstPath],
        *,
        zone: ZoneInfo | None = None,
        may_lack: bool = False,
        name: str = "",
    ) -> None:
        self._parts = tuple((path, unit) for unit, path in parts.items())
        self._zone, self._may_lack, self._name = zone, may_lack, name

    def read(self, levels: Sequence[Any]) -> int:
        """Return the time of the element at the end of `levels`, µs since 1970.

        Raises:
            NoTime: there is none, or what stands there is no time.
        """
        if not self._parts:
            return ABSENT
        said = [(path.of(levels), unit) for path, unit in self._parts]
        if said[0][0] is None:
            if self._may_lack:
                return ABSENT
            raise NoTime(f"there is nothing at {self._name}; name the time's own path, or leave time out for arrival")
        us = sum(_time_us(value, unit, self._zone) for value, unit in said if value is not None)
        if abs(us) >= _FURTHEST_US:
            raise NoTime(f"{said[0][0]!r}"[:_SHOWN] + " is no time that can be kept")
        return us


def _time_us(said: Any, unit: str, zone: tzinfo | None) -> int:
    if "%" in unit:
        return _formed_us(said, unit, zone)
    return _TEXTS[unit](said, zone) if unit in _TEXTS else _count_us(said, _NS[unit])


def _count_us(said: Any, ns: int) -> int:
    shown = f"{said!r}"[:_SHOWN]
    if isinstance(said, str):
        try:
            said = int(said) if said.strip().lstrip("+-").isdecimal() else float(said.replace("_", "?"))
        except ValueError as error:
            raise NoTime(f"{shown} is no time; see time_unit") from error
    if isinstance(said, bool) or not isinstance(said, (int, float)) or not isfinite(said):
        raise NoTime(f"{shown} is no time; see time_unit")
    if isinstance(said, int):
        return said * ns // 1000
    return round(said * (ns / 1000))


def _iso_us(said: Any, zone: tzinfo | None) -> int:
    try:
        time = datetime.fromisoformat(by_iso(str(said)))
    except ValueError as error:
        raise NoTime(f"{said!r}"[:_SHOWN] + " is no time by ISO 8601; see time_unit") from error
    return _instant_us(time, said, zone)


def by_iso(said: str) -> str:
    """Return a date with the year first as ISO 8601 has it, however it is divided.

    >>> by_iso("2026/11/3 9:05:00"), by_iso("2026年11月30日 22:15:00")
    ('2026-11-03T09:05:00', '2026-11-30T22:15:00')
    """
    return _YEAR_FIRST.sub(_dashed, said.strip(), count=1)


def _dashed(found: re.Match[str]) -> str:
    year, month, day, hour = found.groups()
    return f"{year}-{int(month):02}-{int(day):02}" + ("" if found.end() == len(found.string) else f"T{_two(hour)}")


def _two(hour: str | None) -> str:
    return "" if hour is None else f"0{hour}"


def _formed_us(said: Any, form: str, zone: tzinfo | None) -> int:
    try:
        time = datetime.strptime(str(said).strip(), form)  # noqa: DTZ007 - its zone follows
    except (ValueError, OverflowError) as error:
        raise NoTime(f"{said!r}"[:_SHOWN] + f" is no time as {form}; see time_unit") from error
    return _instant_us(time, said, zone)


def _rfc1123_us(said: Any, zone: tzinfo | None) -> int:
    try:
        time = parsedate_to_datetime(str(said).strip())
    except (ValueError, TypeError) as error:
        raise NoTime(f"{said!r}"[:_SHOWN] + " is no time by RFC 1123; see time_unit") from error
    return _instant_us(time, said, zone)


def _instant_us(time: datetime, said: Any, zone: tzinfo | None) -> int:
    if time.tzinfo is None:
        if zone is None:
            raise NoTime(f"{said!r}"[:_SHOWN] + ' has no offset; name its zone, as in time_zone = "Asia/Shanghai"')
        time = time.replace(tzinfo=zone)
    try:
        return round(time.timestamp() * 1e6)
    except (OverflowError, ValueError) as error:
        raise NoTime(f"{said!r}"[:_SHOWN] + " is no time that can be kept") from error


_TEXTS: dict[str, Callable[[Any, tzinfo | None], int]] = {"iso": _iso_us, "rfc1123": _rfc1123_us}
