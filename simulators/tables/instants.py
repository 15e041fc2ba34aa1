"""Columns of instants as people, Excel and historians write them: dates of every usual order, epochs, local times."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from simulators.tables.local_times import Instants, placed

TIME_NAMES = frozenset(
    {"datetime", "timestamp", "date", "time", "date_time", "ts", "t", "time_s", "time_ms", "epoch"}
    | {"日期", "时间", "日期时间", "采集时间", "时间戳", "zeit", "datum", "zeitstempel"}
)
_AROUND = "$_ "
_PLAUSIBLE_S = (946_684_800.0, 4_102_444_800.0)  # the years 2000 to 2100
_UNITS_PER_S = (1.0, 1e3, 1e6, 1e9)
_EXCEL_DAYS = (36_526.0, 73_050.0)  # the same years in days of Excel
_EXCEL_BEGIN = -25_569.0  # of 1970, in days

_CLOCK = (
    r"(?:(?P<before>AM|PM|上午|下午|凌晨|晚上)\s*)?"
    r"(?P<hour>\d{1,2})[:时点](?P<minute>\d{1,2})(?:[:分](?P<second>\d{1,2})(?:[.,:](?P<fraction>\d{1,9}))?)?[分秒]?"
    r"(?:\s*(?P<after>AM|PM|A\.M\.|P\.M\.))?"
    r"(?:\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}))?"
)
_NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTHS = {name: number for number, name in enumerate(_NAMES, 1)}
_AFTERNOON = frozenset({"PM", "P.M.", "下午", "晚上"})
_MORNING = frozenset({"AM", "A.M.", "上午", "凌晨"})


def _dates(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"{one}(?:[T\s]+{_CLOCK})?", re.IGNORECASE) for one in patterns)


_YEAR_FIRST = (
    *_dates(
        r"(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?",
        r"(?P<year>20\d{2})(?P<month>\d{2})(?P<day>\d{2})",
    ),
    re.compile(r"(?P<year>\d{4})年(?P<month>\d{1,2})月(?P<day>\d{1,2})日\s*" + _CLOCK, re.IGNORECASE),
    re.compile(
        r"(?P<year>20\d{2})(?P<month>\d{2})(?P<day>\d{2})[T\s]?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})"
        r"(?:[.,]?(?P<fraction>\d{1,9}))?(?P<zone>Z)?",
        re.IGNORECASE,
    ),
)
_NAMED_MONTH = _dates(
    r"(?P<day>\d{1,2})[-\s./](?P<name>[A-Za-z]{3})[a-z]*[-\s./,]+(?P<year>\d{4}|\d{2})",
    r"(?P<name>[A-Za-z]{3})[a-z]*\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4})",
)
_DAY_FIRST = _dates(r"(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>\d{4}|\d{2})")
_MONTH_FIRST = _dates(r"(?P<month>\d{1,2})[-/](?P<day>\d{1,2})[-/](?P<year>\d{4}|\d{2})")


class NoInstantError(ValueError):
    """A cell is no time; `row` counts from 0."""

    def __init__(self, row: int, cell: str, why: str = "is not a time") -> None:
        super().__init__(f"{cell!r} {why}")
        self.row = row


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeRules:
    """What is known of the times of a file: the zone of those without an offset, and how they are written.

    `date_format` is one of `datetime.strptime`, as `%d/%m/%Y %H:%M:%S`.
    """

    zone: ZoneInfo | None = None
    date_format: str | None = None


def is_time_name(name: str) -> bool:
    """Say whether a column is called as times are, also with the signs that InTouch and InfluxDB write before it.

    >>> is_time_name("$Date"), is_time_name("_time"), is_time_name("flow")
    (True, True, False)
    """
    return name.lower().strip(_AROUND) in TIME_NAMES


def instants_of(cells: Sequence[str], rules: TimeRules | None = None, *, any_number: bool) -> Instants | None:
    """Read a column as instants; None if one cell is not a time.

    Numbers count as epoch s, ms, µs or ns, whichever puts them between 2000 and 2100; with `any_number` also as days of
    Excel where they have decimals, and others are taken as seconds.

    Raises:
        NoInstantError: the day and the month could be either way round throughout.

    >>> instants_of(["2020-03-09 10:14:33.5"], any_number=False).times_ms.tolist()
    [1583748873500]
    >>> instants_of(["1583748873"], any_number=False).times_ms.tolist()
    [1583748873000]
    >>> instants_of(["17", "18"], any_number=False) is None
    True
    """
    rules = rules or TimeRules()
    if rules.date_format is None:
        numbers = _numbers(cells)
        if numbers is not None:
            epochs = _epochs(cells, numbers, any_number=any_number)
            if epochs is not None:
                return epochs
    try:
        return read_dates(cells, rules)
    except NoInstantError as error:
        if error.row < 0:
            raise
        return None


def read_dates(cells: Sequence[str], rules: TimeRules) -> Instants:
    """Read a column of dates, all of them written alike.

    Raises:
        NoInstantError: a cell is none; where day and month could be either way round, its row is -1.
    """
    if rules.date_format is not None:
        naive = [_formatted(row, cell, rules.date_format) for row, cell in enumerate(cells)]
        return placed(naive, rules.zone, [])
    cleaned = [unicodedata.normalize("NFKC", cell).strip() for cell in cells]
    try:
        return placed([_iso(row, cell) for row, cell in enumerate(cleaned)], rules.zone, [])
    except NoInstantError as error:
        worst = error
    for patterns in (_YEAR_FIRST, _NAMED_MONTH):
        try:
            return placed(_matched(cleaned, patterns), rules.zone, [])
        except NoInstantError as error:
            worst = max(worst, error, key=lambda one: one.row)
    both = [_or_none(cleaned, patterns) for patterns in (_DAY_FIRST, _MONTH_FIRST)]
    if both[0] is None and both[1] is None:
        raise worst
    if both[0] is not None and both[1] is not None and both[0] != both[1] and "." not in cleaned[0]:
        raise NoInstantError(-1, cells[0], "could be day/month or month/day; say --date-format '%d/%m/%Y %H:%M:%S'")
    chosen, order = (both[0], "day before month") if both[0] is not None else (both[1], "month before day")
    return placed(chosen or [], rules.zone, [f"dates are read with the {order}"])


def looks_like_time(cell: str) -> bool:
    """Say whether one cell reads as a date.

    >>> looks_like_time("2020-03-09 10:14:33"), looks_like_time("09.03.2020"), looks_like_time("flow")
    (True, True, False)
    """
    cleaned = unicodedata.normalize("NFKC", cell).strip()
    if cleaned.isdigit():
        return False
    return any(one.fullmatch(cleaned) for one in (*_YEAR_FIRST, *_NAMED_MONTH, *_DAY_FIRST))


def _numbers(cells: Sequence[str]) -> NDArray[np.float64] | None:
    try:
        numbers = np.array([float(cell) for cell in cells if "_" not in cell], dtype=np.float64)
    except ValueError:
        return None
    return numbers if len(numbers) == len(cells) and np.isfinite(numbers).all() and len(numbers) else None


def _epochs(cells: Sequence[str], numbers: NDArray[np.float64], *, any_number: bool) -> Instants | None:
    low, high = _PLAUSIBLE_S
    for per_s in _UNITS_PER_S:
        seconds = numbers / per_s
        if seconds.min() >= low and seconds.max() <= high:
            return Instants(times_ms=np.rint(seconds * 1_000).astype(np.int64))
    if not any_number or all(len(cell) == 14 for cell in cells):
        return None
    is_within = numbers.min() >= _EXCEL_DAYS[0] and numbers.max() <= _EXCEL_DAYS[1]
    if is_within and np.ptp(numbers) < len(numbers) and (numbers % 1 != 0).any():
        times_ms = np.rint((numbers + _EXCEL_BEGIN) * 86_400_000).astype(np.int64)
        return Instants(times_ms=times_ms, notes=["times are read as Excel's days since 1900"])
    return Instants(times_ms=np.rint(numbers * 1_000).astype(np.int64)) if np.abs(numbers).max() <= high else None


def _formatted(row: int, cell: str, date_format: str) -> datetime:
    try:
        return datetime.strptime(cell, date_format)  # noqa: DTZ007 - the zone is given beside it
    except ValueError:
        raise NoInstantError(row, cell, f"is not written as {date_format!r}") from None


def _iso(row: int, cell: str) -> datetime:
    try:
        if cell.isdigit():
            raise NoInstantError(row, cell)
        return datetime.fromisoformat(cell.replace("/", "-"))
    except ValueError:
        raise NoInstantError(row, cell) from None


def _or_none(cells: Sequence[str], patterns: Iterable[re.Pattern[str]]) -> list[datetime] | None:
    try:
        return _matched(cells, patterns)
    except NoInstantError:
        return None


def _matched(cells: Sequence[str], patterns: Iterable[re.Pattern[str]]) -> list[datetime]:
    left = tuple(patterns)
    found = []
    for row, cell in enumerate(cells):
        match = next((match for one in left if (match := one.fullmatch(cell))), None)
        if match is None or (cell.isdigit() and len(cell) < 14):
            raise NoInstantError(row, cell)
        try:
            found.append(_date(match.groupdict()))
        except ValueError:
            raise NoInstantError(row, cell) from None
    return found


def _date(part: dict[str, str | None]) -> datetime:
    name, year = part.get("name"), int(part["year"] or 0)
    hour = _hour(int(part.get("hour") or 0), (part.get("before") or part.get("after") or "").upper())
    is_end_of_day = hour == 24 and not any(int(part.get(one) or 0) for one in ("minute", "second", "fraction"))
    found = datetime(
        year if year > 99 else 2000 + year,
        _MONTHS.get(name.upper(), 0) if name else int(part["month"] or 0),
        int(part["day"] or 0),
        0 if is_end_of_day else hour,
        int(part.get("minute") or 0),
        int(part.get("second") or 0),
        int((part.get("fraction") or "0")[:6].ljust(6, "0")),
        tzinfo=_offset((part.get("zone") or "").upper()),
    )
    return found + timedelta(days=1) if is_end_of_day else found  # ISO 8601 had it so until 2019


def _hour(hour: int, half: str) -> int:
    if half in _AFTERNOON and hour < 12:
        return hour + 12
    return 0 if half in _MORNING and hour == 12 else hour


def _offset(zone: str) -> timezone | None:
    if not zone:
        return None
    if zone in {"Z", "UTC", "GMT"}:
        return UTC
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    return timezone((1 if zone[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))
