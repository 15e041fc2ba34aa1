"""A milestone, and how a schedule is read whatever wrote it: by what the file holds, never by its name."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from plant.errors import Rejected

if TYPE_CHECKING:
    from lifecycle.schedule.work import SchedulePlan

MOST_BYTES = 64 * 2**20
_HEADS = {
    "key": {"key", "id", "code", "activity id", "编号", "代码"},
    "name": {"name", "milestone", "activity name", "名称", "里程碑"},
    "planned": {"planned", "plan", "baseline", "计划", "计划日期"},
    "forecast": {"forecast", "current", "finish", "预测", "预计", "预计日期"},
    "actual": {"actual", "done", "实际", "实际日期"},
}
_SAMPLE_BYTES = 2**20
# The first byte of signs and of the characters that are used most, of a character's two.
_COMMON_IN_GB_2312 = frozenset((*range(0xA1, 0xA4), *range(0xB0, 0xD8)))
_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y年%m月%d日")


@dataclass(frozen=True, kw_only=True, slots=True)
class Milestone:
    """A date that counts: as it was planned, as it is forecast now, and when it came; `key` is the schedule's own."""

    key: str
    name: str
    planned: date | None
    forecast: date | None
    actual: date | None = None

    @property
    def stands(self) -> date | None:
        """Return when it came, or when it is expected now."""
        return self.actual or self.forecast or self.planned

    @property
    def slip_days(self) -> int | None:
        """Return by how many days it is later than it was planned; None where nothing was planned.

        >>> Milestone(key="M1", name="", planned=date(2026, 3, 1), forecast=date(2026, 3, 9)).slip_days
        8
        """
        return (self.stands - self.planned).days if self.planned and self.stands else None


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduleProgress:
    """How many of the milestones are reached, and how many the first plan had by then."""

    reached: int
    due: int
    total: int


def progress_of(milestones: Sequence[Milestone], today: date) -> ScheduleProgress:
    """Count what is reached by a day, beside what was planned first.

    >>> done = Milestone(key="S", name="", planned=date(2026, 3, 1), forecast=None, actual=date(2026, 3, 2))
    >>> late = Milestone(key="C", name="", planned=date(2026, 4, 1), forecast=date(2026, 6, 1))
    >>> progress_of([done, late], date(2026, 5, 1))
    ScheduleProgress(reached=1, due=2, total=2)
    """
    return ScheduleProgress(
        reached=sum(1 for one in milestones if one.actual is not None and one.actual <= today),
        due=sum(1 for one in milestones if one.planned is not None and one.planned <= today),
        total=len(milestones),
    )


def read_schedule(body: bytes) -> SchedulePlan:
    """Read a schedule: MSPDI (XML), XER, or CSV, which has milestones alone.

    Raises:
        Rejected: it is none of them, too large, damaged, or holds no milestone; nothing of it is taken.
    """
    from lifecycle.schedule.mspdi import read_mspdi
    from lifecycle.schedule.work import SchedulePlan
    from lifecycle.schedule.xer import read_xer

    if len(body) > MOST_BYTES:
        raise Rejected("too_large", f"a schedule has at most {MOST_BYTES // 2**20} MiB")
    begin = body[:4096].lstrip(b"\xef\xbb\xbf \r\n\t")
    if begin.startswith(b"ERMHDR"):
        found = read_xer(body)
    elif begin.startswith(b"<"):
        found = read_mspdi(body)
    elif begin.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Rejected("no_schedule", "that is a workbook or a project file itself; save it as XML, XER or CSV")
    else:
        found = SchedulePlan(milestones=_read_csv(body))
    if not found.milestones:
        raise Rejected("no_milestones", "the schedule holds no milestone")
    twice = sorted(key for key, times in Counter(one.key for one in found.milestones).items() if times > 1)
    if twice:
        raise Rejected("key_twice", f"more than one milestone is called {', '.join(twice[:5])}")
    return found


def _read_csv(body: bytes) -> list[Milestone]:
    text = decoded(body)
    dialect = max(",;\t", key=text.partition("\n")[0].count)
    try:
        read = list(csv.reader(io.StringIO(text, newline=""), delimiter=dialect))
    except csv.Error as error:
        raise Rejected("no_schedule", f"no table can be read from it: {error}") from error
    rows = [row for row in read if any(cell.strip() for cell in row)]
    if not rows:
        raise Rejected("no_schedule", "the file is empty")
    columns = {what: _column(rows[0], names) for what, names in _HEADS.items()}
    if columns["name"] is None or all(columns[what] is None for what in ("planned", "forecast")):
        raise Rejected(
            "no_schedule", "no XML, no XER, and no table with the heads key, name, planned, forecast, actual"
        )
    return list(_milestones(rows[1:], columns))


def _column(head: Sequence[str], names: set[str]) -> int | None:
    return next((at for at, cell in enumerate(head) if cell.strip().casefold() in names), None)


def _milestones(rows: Sequence[Sequence[str]], columns: dict[str, int | None]) -> Iterator[Milestone]:
    for number, row in enumerate(rows, start=2):

        def cell(what: str, row: Sequence[str] = row) -> str:
            at = columns[what]
            return row[at].strip() if at is not None and at < len(row) else ""

        dates = {what: a_date(cell(what), f"row {number}, {what}") for what in ("planned", "forecast", "actual")}
        if cell("name"):
            yield Milestone(key=cell("key") or cell("name"), name=cell("name"), **dates)


def a_date(text: str, where: str) -> date | None:
    """Read a date; empty, n/a and NA are none.

    Raises:
        Rejected: it is none that is known; the text says where it stands.

    >>> a_date("2026-03-01T17:00:00", "here"), a_date("n/a", "here")
    (datetime.date(2026, 3, 1), None)
    """
    if text.strip().casefold() in {"", "n/a", "na", "-", "–"}:
        return None
    for form in _FORMATS:
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day of the plant's own calendar
        except ValueError:
            continue
    raise Rejected("bad_date", f"{where}: {text[:40]!r} is no date; write 2026-03-01")


def decoded(body: bytes) -> str:
    """Read text in UTF-8, or as Chinese and European systems write it.

    >>> decoded("编号,名称,计划日期,预计日期 M1,竣工,2026-03-01".encode("gb18030"))[:5]
    '编号,名称'
    """
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    if _is_chinese(body[: body.rfind(b"\n", 0, _SAMPLE_BYTES) + 1] or body[:_SAMPLE_BYTES]):
        return body.decode("gb18030", errors="replace")
    from charset_normalizer import from_bytes

    best = from_bytes(body, cp_isolation=["gb18030", "cp1252", "cp1251", "big5", "shift_jis"]).best()
    return str(best) if best is not None else body.decode("cp1252", errors="replace")


def _is_chinese(body: bytes) -> bool:
    """Say whether what is not ASCII is characters of GB 2312, most of them common ones: few are enough to tell.

    >>> [_is_chinese(text.encode(page)) for text, page in (("泵;首期", "gb18030"), ("größe é", "cp1252"))]
    [True, False]
    """
    pairs = re.findall(rb"[\x80-\xff]{1,2}", body)
    common = sum(1 for pair in pairs if pair[0] in _COMMON_IN_GB_2312)
    return all(len(pair) == 2 and min(pair) >= 0xA1 for pair in pairs) and 4 * common >= 3 * len(pairs) > 0
