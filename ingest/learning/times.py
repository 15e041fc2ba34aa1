"""Which of the values of a payload is its time, how it counts, and where else it may stand."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ingest.decoding.time_names import names_time
from ingest.mapping.path import Steps, text_of
from ingest.mapping.times import by_iso

LOCAL = "iso, of no zone"
Place = tuple[int, Steps]
"""How many levels out from the element, and the steps from there."""

_TIME = re.compile(
    r"(^|_)(ts|t|at|sent|time|timestamp|datetime|date|last_?seen)(_(s|ms|us|ns))?$"
    r"|(source|server|device|gateway|event|enqueued|sample|created|measured|observed|received)_?(time|timestamp|ts|at)$"
)
_MAGNITUDES = ((1e17, "ns"), (1e14, "us"), (1e11, "ms"), (1e8, "s"))
_LONGEST_COUNT = 20
_FIRST = re.compile(r"source|sampl|measur|observ|event|origin|acqui|采|测")
_LAST = re.compile(r"server|receiv|gateway|updat|creat|publish|last|enqueued|message|report|上报|更新")
_SECONDS = frozenset({"sec", "secs", "seconds"})
_NANOSECONDS = frozenset({"nanosec", "nsec", "nsecs", "nanos", "nanoseconds"})
_FORMS = (
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%d-%m-%Y %H:%M:%S",
    "%Y%m%d%H%M%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%d.%m.%y %H:%M:%S",
)
_WEEKDAY = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d")


@dataclass(slots=True)
class TimesSeen:
    """The times that payloads have: how each counts, and in how many elements it stands."""

    units: dict[Place, str] = field(default_factory=dict)
    counts: dict[Place, int] = field(default_factory=dict)
    nanoseconds: dict[Place, Steps] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.units)

    def hear(self, place: Place, value: Any) -> bool:
        """Say whether a value is a time, or a part of one, and remember it."""
        out, steps = place
        if _is_part(steps, _NANOSECONDS) and isinstance(value, int):
            self.nanoseconds[out, steps[:-1]] = steps
            return True
        unit = "s" if _is_part(steps, _SECONDS) else time_unit(steps, value)
        if unit is None:
            return False
        self.units.setdefault(place, unit)
        self.counts[place] = self.counts.get(place, 0) + 1
        return True

    def join(self, other: TimesSeen) -> None:
        """Take over what another one has."""
        self.units = {**other.units, **self.units}
        self.nanoseconds = {**other.nanoseconds, **self.nanoseconds}
        for place, count in other.counts.items():
            self.counts[place] = self.counts.get(place, 0) + count

    def lines(self, elements: int) -> list[str]:
        """Write which time is taken: the nearest that says when it was measured, where not all have it others too."""
        if not self.units:
            return []
        ranked = sorted(self.units, key=_rank)
        unit = self.units[ranked[0]]
        taken = [ranked[0]]
        for place in ranked[1:]:
            if self.counts[taken[-1]] < elements and self.units[place] == unit:
                taken.append(place)
        nanoseconds = self.nanoseconds.get((taken[0][0], taken[0][1][:-1]))
        if nanoseconds is not None:
            return [f"time = {{s = {_path(taken[0])}, ns = {_path((taken[0][0], nanoseconds))}}}"]
        paths = _path(taken[0]) if len(taken) == 1 else f"[{', '.join(map(_path, taken))}]"
        form, _, zone = unit.partition(", ")
        lines = [f"time = {paths}", f"time_unit = {json.dumps(form)}"]
        if zone:
            lines.append('time_zone = "UTC"  # its times name no zone: write the plant\'s, as Asia/Shanghai')
        return lines


def _rank(place: Place) -> tuple[int, int, int, str]:
    out, steps = place
    name = str(steps[-1]).lower()
    return out, 0 if _FIRST.search(name) else 2 if _LAST.search(name) else 1, len(steps), str(steps)


def _path(place: Place) -> str:
    return json.dumps(f"${'^' * place[0]}{text_of(place[1])[1:]}", ensure_ascii=False)


def _is_part(steps: Steps, names: frozenset[str]) -> bool:
    return len(steps) > 1 and str(steps[-1]).lower() in names and names_time(str(steps[-2]))


def time_unit(steps: Steps, value: Any) -> str | None:
    """Say in what unit a value counts time, None where it is no time; one without a zone says so behind a comma.

    >>> time_unit(("ts",), 1_700_000_000_000), time_unit(("Zeit",), "30.11.2026 22:15:00"), time_unit(("uptime",), 5e9)
    ('ms', '%d.%m.%Y %H:%M:%S, of no zone', None)
    """
    name = str(steps[-1]) if steps else ""
    is_named = _TIME.search(name.lower()) is not None or names_time(name)
    if not is_named or isinstance(value, bool):
        return None
    if isinstance(value, str):
        if not (value.isdecimal() and len(value) < _LONGEST_COUNT and value[:1] != "0"):
            return _text_unit(value)
        value = int(value)
        if 19_000_000_000_000 < value < 21_000_000_000_000:
            return _text_unit(str(value))  # a date and time of the day without signs between
    return next((unit for least, unit in _MAGNITUDES if value >= least), None)


def _text_unit(value: str) -> str | None:
    try:
        return LOCAL if datetime.fromisoformat(by_iso(value)).tzinfo is None else "iso"
    except ValueError:
        pass
    if _WEEKDAY.match(value):
        return "rfc1123"
    return next((f"{form}, of no zone" for form in _FORMS if _fits(value, form)), None)


def _fits(value: str, form: str) -> bool:
    try:
        datetime.strptime(value.strip(), form)  # noqa: DTZ007 - only whether it can be read
    except ValueError:
        return False
    return True
