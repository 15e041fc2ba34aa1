"""Columns of numbers as people and historians write them: decimal commas, thousands, units, words among them."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

_MISSING = frozenset(
    {"", "-", "--", "---", "?", "na", "n/a", "nan", "none", "null", "nil", r"\n", "inf", "-inf", "+inf", "infinity"}
)
_HISTORIANS = (
    "no data", "bad", "i/o timeout", "pt created", "shutdown", "scan off", "scan timeout", "comm fail", "comm error",
    "configure", "intf shut", "under range", "over range", "not connect", "no result", "#n", "???", "坏", "无数据",
)  # fmt: skip
_SIGNS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2019": "'"})
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_POWER = r"(?:(?<=[A-Za-z^])|(?<=[A-Za-z]-))[1-4](?!\d)"  # as in m3/h, m^2, s-1
_WITH_SUFFIX = re.compile(rf"(?P<number>[+-]?[\d.,' ]*\d)\s*(?P<suffix>(?![eE][+-]?\d)[^\d\s.,'+-](?:\D|{_POWER})*)")
_LEAST_SHARE = 0.5  # of the cells that say anything: a column of which no more are numbers is a column of words


class Mark(StrEnum):
    """What stands before the decimals; the other one, a blank or an apostrophe stands between thousands."""

    POINT = "."
    COMMA = ","


_GROUPS = {
    Mark.POINT: re.compile(r"[+-]?[1-9]\d{0,2}(?:[,' ]\d{2,3})*[,' ]\d{3}(?:\.\d+)?(?:[eE][+-]?\d+)?"),
    Mark.COMMA: re.compile(r"[+-]?[1-9]\d{0,2}(?:[.' ]\d{3})+(?:,\d+)?(?:[eE][+-]?\d+)?"),
}
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")  # thousands, or three decimals


class TwoPatternsError(ValueError):
    """Cells of one column contradict each other; `row` is the first that does not fit, counted from 0."""

    def __init__(self, row: int, cell: str, other: str) -> None:
        super().__init__(f"{cell!r} does not fit {other!r}, which stands in the same column")
        self.row = row


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Numbers:
    """A column of numbers, NaN where there is none; `words` counts the words that stand among them."""

    values: NDArray[np.float64]
    words: Counter[str]
    unit: str = ""
    has_thousands: bool = False


def numbers_of(cells: Sequence[str], usual: Mark | None = None, *, is_comma_decimal: bool = False) -> Numbers | None:
    """Read a column as numbers; None if it holds nothing, or mostly words.

    `usual` is the decimal mark of the file's other columns; it decides about a column that could be read both ways.
    Where nothing does, `1.500` is one and a half, and `1,500` is if `is_comma_decimal`.

    Raises:
        TwoPatternsError: some cells have a decimal comma, others a decimal point.

    >>> numbers_of(["1.5", "", "#N/A", "2.5"]).values
    array([1.5, nan, nan, 2.5])
    >>> numbers_of(["1.234,5", "12"]).values.tolist(), numbers_of(["open", "shut", "1"]) is None
    ([1234.5, 12.0], True)
    """
    quick = _plain_numbers(cells)
    if quick is not None and not (usual is Mark.COMMA and any(_EITHER.fullmatch(cell) for cell in cells)):
        return None if np.isnan(quick).all() else Numbers(values=quick, words=Counter())
    cleaned, unit = _without_unit([unicodedata.normalize("NFKC", cell.translate(_SIGNS)).strip() for cell in cells])
    mark = _mark_of(cleaned, usual, is_comma_decimal=is_comma_decimal)
    values = np.array([_number(cell, mark) for cell in cleaned], dtype=np.float64)
    words = Counter(
        raw for raw, cell in zip(cells, cleaned, strict=True) if not _is_missing(cell) and _reads(cell, mark) is None
    )
    said = sum(not _is_missing(cell) and not cell.casefold().startswith(_HISTORIANS) for cell in cleaned)
    strange = sum(count for word, count in words.items() if not word.strip().casefold().startswith(_HISTORIANS))
    if np.isnan(values).all() or said - strange <= _LEAST_SHARE * said:
        return None
    has_thousands = any(_GROUPS[mark].fullmatch(cell) for cell in cleaned)
    return Numbers(values=values, words=words, unit=unit, has_thousands=has_thousands)


def decimal_mark_of(cells: Sequence[str]) -> Mark | None:
    """Return the decimal mark of which a column leaves no doubt, None where it does or has none.

    >>> decimal_mark_of(["1,5", "2"]).value, decimal_mark_of(["1,500"]) is None
    (',', True)
    """
    for cell in cells:
        if _EITHER.fullmatch(cell):
            continue
        if "." not in cell and "," not in cell:
            continue
        if _PLAIN.fullmatch(cell) or _GROUPS[Mark.POINT].fullmatch(cell):
            return Mark.POINT
        if _DECIMAL_COMMA.fullmatch(cell) or _GROUPS[Mark.COMMA].fullmatch(cell):
            return Mark.COMMA
    return None


def _plain_numbers(cells: Sequence[str]) -> NDArray[np.float64] | None:
    try:
        return np.array([math.nan if _is_missing(cell) else _finite(cell) for cell in cells], dtype=np.float64)
    except ValueError:
        return None


def _finite(cell: str) -> float:
    if "_" in cell:
        raise ValueError(cell)
    number = float(cell)
    return number if math.isfinite(number) else math.nan


def _is_missing(cell: str) -> bool:
    return cell.lower() in _MISSING


def _without_unit(cells: list[str]) -> tuple[list[str], str]:
    """Take the unit off a column in which every number has the same behind it, as in `20.5 °C` or `10 m3/h`."""
    said = [cell for cell in cells if not _is_missing(cell)]
    matches = [_WITH_SUFFIX.fullmatch(cell) for cell in said]
    suffixes = {match["suffix"].strip() for match in matches if match}
    others = [cell for cell, match in zip(said, matches, strict=True) if match is None]
    if len(suffixes) != 1 or any(cell[:1].isdigit() or cell[:1] in "+-." for cell in others):
        return cells, ""
    (unit,) = suffixes
    return [cell if _is_missing(cell) else cell.removesuffix(unit).strip() for cell in cells], unit


def _mark_of(cells: Sequence[str], usual: Mark | None, *, is_comma_decimal: bool) -> Mark:
    """Find the one decimal mark with which the cells of a column are numbers."""
    first: dict[Mark, str] = {}
    for row, cell in enumerate(cells):
        certain = decimal_mark_of([cell])
        if certain is None:
            continue
        first.setdefault(certain, cell)
        if len(first) > 1:
            raise TwoPatternsError(row, cell, next(iter(first.values())))
    if first or usual is not None:
        return next(iter(first), usual or Mark.POINT)
    return Mark.COMMA if is_comma_decimal and any("," in cell for cell in cells) else Mark.POINT


def _number(cell: str, mark: Mark) -> float:
    number = _reads(cell, mark)
    return math.nan if number is None else number


def _reads(cell: str, mark: Mark) -> float | None:
    if _GROUPS[mark].fullmatch(cell):
        for between in ",' " if mark is Mark.POINT else ".' ":
            cell = cell.replace(between, "")
    if mark is Mark.COMMA:
        cell = cell.replace(",", ".") if "." not in cell else ""
    return _finite(cell) if _PLAIN.fullmatch(cell) else None
