"""What a cell means: text, number, decimal or day, however the program that wrote it kept it."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from lifecycle.importing.tables.sheets import Cell
from lifecycle.schedule.milestones import a_date
from plant.errors import Rejected

_NOTHING = frozenset(
    {
        *("n/a", "na", "n.a.", "#n/a", "none", "null", "nil", "tbd", "tbc", "tba", "unknown"),
        *("-", "--", "---", "–", "—", "/", "\\", "?", ".", "无", "不适用", "待定", "未知", "空"),
    }
)
_NUMBER = re.compile(r"[+-]?(?:\d[\d.,' \u00a0\u202f]*|[.,]\d+)(?:[eE][+-]?\d+)?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[.,]\d{3})")
_TYPED_AS_TEXT = re.compile(r"^'(?=[\w-]*\d[^']*$)")  # Excel's mark that a number is meant as text, left by an export
_END = r"[+-]?\d+(?:[.,' \u00a0]\d+)*"
_RANGE = re.compile(
    rf"(?P<low>{_END})\s*(?P<first>[^\d\s.…~/-][^\d…~]*?)?\s*"
    rf"(?:\.\.\.?|…|~|–|—|/|\bto\b|\bbis\b|至|到|-)\s*(?P<high>{_END})\s*(?P<unit>[^\d\s].*)?"
)
_EPOCH, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
_MOST_DAYS = 2_958_465


def is_nothing(cell: Cell) -> bool:
    """Say whether a cell says nothing: it is empty, or holds one of the words that people write for that.

    >>> [is_nothing(one) for one in ("", " N/A ", "—", "待定", 0.0, "0")]
    [True, True, True, True, False, False]
    """
    return isinstance(cell, str) and (not cell.strip() or _plain(cell).casefold() in _NOTHING)


def text_of(cell: Cell) -> str:
    r"""Return the text of a cell; whole numbers have no decimals, days are written as 2026-03-01.

    >>> text_of(1234567.0), text_of(" P-1\n pump "), text_of(date(2026, 3, 1)), text_of("n/a"), text_of("'0012")
    ('1234567', 'P-1 pump', '2026-03-01', '', '0012')
    """
    if is_nothing(cell):
        return ""
    if isinstance(cell, str):
        return _TYPED_AS_TEXT.sub("", " ".join(cell.split()))
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return f"{cell:.0f}" if math.isfinite(cell) and cell == int(cell) and abs(cell) < 1e15 else repr(float(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ", timespec="seconds")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell).upper()


def decimal_mark(cells: Iterable[Cell]) -> str:
    """Say which mark stands before decimals in a column of texts: `,`, `.`, or `` where nothing in it tells.

    >>> decimal_mark(["1,5", "1,234"]), decimal_mark(["1.234,5"]), decimal_mark(["1,234", ""]), decimal_mark(["1.5"])
    (',', ',', '', '.')
    """
    marks = {mark for cell in cells if isinstance(cell, str) and (mark := _mark_of(_plain(cell)))}
    return marks.pop() if len(marks) == 1 else ""


def _mark_of(text: str) -> str:
    match = _NUMBER.search(text)
    digits = match[0] if match else ""
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and point >= 0:
        return "," if comma > point else "."
    mark = "," if comma >= 0 else "." if point >= 0 else ""
    if not mark or _GROUPED.fullmatch(digits) is not None:
        return ""  # 1,234 may be either
    return mark if digits.count(mark) == 1 else "." if mark == "," else ","


def number_of(cell: Cell, mark: str = "") -> float | None:
    """Return the number of a cell, None where it says nothing; a text may have its unit behind it.

    Raises:
        Rejected: it is no number, or one that can be read in two ways.

    >>> number_of("1.234,5", ","), number_of("90 °C"), number_of("n/a"), number_of("≤ 4.5"), number_of(7)
    (1234.5, 90.0, None, 4.5, 7.0)
    """
    if is_nothing(cell):
        return None
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        raise Rejected("no_number", f"{text_of(cell)!r} is no number")
    if not isinstance(cell, str):
        return _finite(float(cell), cell)
    text = _plain(cell)
    match = _NUMBER.match(text.lstrip("<>≤≥=~≈ "))
    if match is None or not _is_unit(text.lstrip("<>≤≥=~≈ ")[match.end() :]):
        raise Rejected("no_number", f"{cell.strip()[:40]!r} is no number")
    digits = match[0].strip()
    if not mark and _GROUPED.fullmatch(digits):
        if "." not in digits:
            raise Rejected(
                "two_readings",
                f"{digits} may be {digits.replace(',', '')} or {digits.replace(',', '.')}; write one of them",
            )
        mark = "."
    mark = mark or _mark_of(digits) or "."
    plain = digits.replace("," if mark == "." else ".", "").replace(mark, ".")
    return _finite(float(re.sub(r"['\s]", "", plain)), cell)


def decimal_of(cell: Cell, mark: str = "") -> Decimal | None:
    """Return the amount of a cell, to the last digit that is written; None where it says nothing."""
    number = number_of(cell, mark)
    try:
        return None if number is None else Decimal(repr(number)).normalize() + Decimal(0)
    except InvalidOperation as error:
        raise Rejected("no_number", f"{cell!r} is no amount") from error


def range_of(cell: Cell, mark: str = "") -> tuple[float | None, float | None, str]:
    """Return the two ends of a range and its unit, as it was typed; an end is None where it is not bounded.

    Raises:
        Rejected: it is none.

    >>> range_of("0…100 °C"), range_of("-20 to 60 °C"), range_of("０～１．６MPa"), range_of("≤ 80 %")
    ((0.0, 100.0, '°C'), (-20.0, 60.0, '°C'), (0.0, 1.6, 'MPa'), (None, 80.0, '%'))
    >>> range_of("0-16 bar"), range_of("-1..-0,5 bar"), range_of("n/a")
    ((0.0, 16.0, 'bar'), (-1.0, -0.5, 'bar'), (None, None, ''))
    """
    text = "" if is_nothing(cell) else _plain(text_of(cell))
    if not text:
        return None, None, ""
    for sign, is_high in (("<", True), ("≤", True), (">", False), ("≥", False)):
        if text.startswith(sign):
            number, unit = _number_and_unit(text.lstrip("<>≤≥= "), mark)
            return (None, number, unit) if is_high else (number, None, unit)
    found = _RANGE.fullmatch(text)
    if found is None:
        raise Rejected("no_range", f"{text[:40]!r} is no range")
    low, high = (number_of(found[end].strip(), mark) for end in ("low", "high"))
    return low, high, (found["unit"] or found["first"] or "").strip()


def _number_and_unit(text: str, mark: str) -> tuple[float | None, str]:
    match = _NUMBER.match(text)
    if match is None:
        raise Rejected("no_range", f"{text[:40]!r} is no range")
    return number_of(match[0], mark), text[match.end() :].strip()


def day_of(cell: Cell, *, is_1904: bool) -> date | None:
    """Return the day of a cell: a date, a text of one, or the number of days that Excel keeps.

    Raises:
        Rejected: it is none.

    >>> day_of(46082.0, is_1904=False), day_of("44620", is_1904=True), day_of("2026/3/1", is_1904=False)
    (datetime.date(2026, 3, 1), datetime.date(2026, 3, 1), datetime.date(2026, 3, 1))
    """
    if is_nothing(cell):
        return None
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = text_of(cell)
    if re.fullmatch(r"\d{1,7}(?:\.\d+)?", text):
        days = int(float(text))
        if 0 < days < _MOST_DAYS:
            return (_EPOCH_1904 if is_1904 else _EPOCH) + timedelta(days=days)
    return a_date(text.replace("年", "-").replace("月", "-").replace("日", ""), "this cell")


def _is_unit(rest: str) -> bool:
    """Say whether what stands behind a number can be its unit."""
    return len(rest) <= 20 and not re.search(r"\d{2}", rest) and not re.search(r"\s\S+\s\S+\s", rest)


def _finite(number: float, cell: Cell) -> float:
    if not math.isfinite(number):
        raise Rejected("no_number", f"{cell!r} is no number")
    return number


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip()
