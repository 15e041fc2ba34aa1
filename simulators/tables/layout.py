"""Where in a file the table is: what stands before it, its header, a row of units, and its body."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from simulators.tables.instants import is_time_name, looks_like_time
from simulators.tables.numbers import numbers_of
from simulators.tables.text import decode

SEPARATORS = (";", ",", "\t", "|")
_SNIFFED_LINES = 200
_COMMENT = re.compile(r"\s*(?:#|%|//|\*)")
_WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_MOST_BENEATH = 10
_DATASET, _DATASET_HEAD = "#names", 5  # lines that Ignition writes before the rows of a dataset
_UNITS = frozenset({"单位", "unit", "units", "uom", "einheit", "einheiten", "eng. unit", "eu"})
Rows = list[tuple[int, list[str]]]


class UnreadableTableError(ValueError):
    """The file holds no table; the text says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """A table of text. `body` counts the file's lines from 1; `units` is empty where no row names them."""

    header: list[str]
    body: Rows
    units: list[str] = field(default_factory=list)
    is_comma_decimal: bool = False
    notes: list[str] = field(default_factory=list)


def lay_out(path: Path, encoding: str | None = None) -> Layout:
    """Find the table in a file.

    Raises:
        OSError: the file cannot be read.
        UnreadableTableError: it holds no table.
    """
    data = path.read_bytes()
    if path.suffix.lower() in _WORKBOOKS or data.startswith((_ZIP, _OLE)):
        rows, notes = _sheet(path)
        return _found(rows, notes, separator=",")
    try:
        text, found = decode(data, encoding)
    except ValueError as error:
        raise UnreadableTableError(str(error)) from error
    notes = [] if found == "utf-8" else [f"read as {found}"]
    lines = text.splitlines()
    if not any(line.strip() for line in lines):
        raise UnreadableTableError("the file is empty")
    separator = _separator(lines)
    return _found(_cells(lines, separator), notes, separator=separator)


def _cells(lines: Sequence[str], separator: str) -> Rows:
    reader = csv.reader(io.StringIO("\n".join(lines)), delimiter=separator, strict=True)
    try:
        return [
            (reader.line_num, [cell.strip() for cell in row]) for row in reader if any(cell.strip() for cell in row)
        ]
    except csv.Error as error:
        raise UnreadableTableError(f"not a table ({error})") from None


def _sheet(path: Path) -> tuple[Rows, list[str]]:
    """Read the first sheet of a workbook that holds anything."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(path)
        sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except CalamineError as error:
        raise UnreadableTableError(f"not a workbook ({error})") from error
    full = [name for name, rows in sheets.items() if len(rows) > 1]
    if not full:
        raise UnreadableTableError("no sheet of the workbook holds a table")
    rows = [
        (line, [_written(cell) for cell in row])
        for line, row in enumerate(sheets[full[0]], 1)
        if any(_written(cell) for cell in row)
    ]
    others = f"; {', '.join(full[1:])} left out" if len(full) > 1 else ""
    return rows, [f"sheet {full[0]} is read{others}"]


def _written(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, bool):
        return str(int(cell))
    return cell.isoformat(sep=" ") if isinstance(cell, datetime) else _plain(cell)


def _plain(cell: object) -> str:
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip()


def _separator(lines: Sequence[str]) -> str:
    """Choose the separator that cuts the most lines into one width.

    >>> _separator(["time;flow", "1,5;2,5"])
    ';'
    """
    sample = [line for line in lines[:_SNIFFED_LINES] if line.strip() and not _COMMENT.match(line)] or list(lines)

    def merit(separator: str) -> tuple[int, int]:
        try:
            widths = [len(row) for row in csv.reader(sample, delimiter=separator) if row]
        except csv.Error:
            return 0, 0
        common = max(widths, key=widths.count) if widths else 0
        return (widths.count(common) if common > 1 else 0, common)

    return max(SEPARATORS, key=merit)


def _found(rows: Rows, notes: list[str], *, separator: str) -> Layout:
    if not rows:
        raise UnreadableTableError("the file is empty")
    begin = _header_at(rows)
    if rows[0][1][0].casefold() == _DATASET and len(rows) > _DATASET_HEAD:
        begin, rows = 0, [rows[1], *rows[_DATASET_HEAD:]]  # Ignition's: names, types and the number of rows
    header = _without_mark(rows[begin][1])
    while header and not header[-1]:
        header.pop()
    header = _told_apart(header, notes)
    body = [(line, _fitted(row, len(header))) for line, row in rows[begin + 1 :] if not _is_comment(row)]
    _leave_out_the_end(body, len(header), notes)
    if begin:
        notes.append(f"{begin} lines before the header are left out")
    units = _labelled_rows(header, body, notes)
    if len(body) > 1 and _is_row_of_units(body[0][1], body[1][1]) and len(body[0][1]) == len(header):
        units = [cell.strip("[]() ") for cell in body.pop(0)[1]]
        notes.append("the second line is read as units")
    return Layout(header=header, body=body, units=units, is_comma_decimal=separator != ",", notes=notes)


def _labelled_rows(header: Sequence[str], body: Rows, notes: list[str]) -> list[str]:
    """Take off the rows beneath the names that say in their first cell what they are, and return the units."""
    count = next((place for place, (_, row) in enumerate(body) if _is_data(row)), 0)
    rows = [row for _, row in body[:count]]
    units = next((row for row in rows if row[0].casefold().rstrip(":：") in _UNITS), None)
    if units is None or len(units) != len(header):
        return []
    del body[:count]
    others = f"; {count - 1} more beneath the names left out" if count > 1 else ""
    notes.append(f"the row {units[0]!r} is read as units{others}")
    return ["", *(cell.strip("[]() ") for cell in units[1:])]


def _header_at(rows: Rows) -> int:
    """Return which row names the columns: the first that more than half of the rows after it are as wide as."""
    widths = [_width(row) for _, row in rows]
    comments = [_is_comment(row) for _, row in rows]
    for at, width in enumerate(widths[:_SNIFFED_LINES]):
        following = [widths[after] for after in range(at + 1, len(rows)) if not comments[after]]
        if comments[at] or width < 2 or 2 * following.count(width) <= len(following):
            continue
        is_data = _is_data(rows[at][1])
        if is_data and at and comments[at - 1] and widths[at - 1] == width:
            return at - 1  # a header that is written as a comment
        return _named_time(rows, at)
    return 0


def _named_time(rows: Rows, begin: int) -> int:
    """Of the rows of words from `begin` on, return the first that names a time; `begin` where none does.

    A historian writes tag, description and unit of each column above it; a logger, the machine.
    """
    for at in range(begin, min(begin + _SNIFFED_LINES, len(rows))):
        row = rows[at][1]
        if _is_data(row):
            break
        if any(is_time_name(cell) for cell in row):
            return at
    return begin


def _told_apart(header: list[str], notes: list[str]) -> list[str]:
    """Number the columns that have one name: `T`, `T 2`."""
    named: list[str] = []
    for name in header:
        number, other = 1, name
        while name and other in named:
            number += 1
            other = f"{name} {number}"
        named.append(other)
    twice = sorted({name for name in header if name and header.count(name) > 1})
    notes.extend(f"several columns are named {name!r}; from the second on they are numbered" for name in twice)
    return named


def _leave_out_the_end(body: Rows, width: int, notes: list[str]) -> None:
    """Leave out what stands beneath the rows, as sums and a closing line: it has no time where all others have one."""
    at = next((place for place, cell in enumerate(body[0][1]) if looks_like_time(cell)), width) if body else width
    if at >= width:
        return
    left: list[int] = []
    while len(left) < _MOST_BENEATH and 2 * (len(left) + 1) < len(body):
        line, row = body[-1 - len(left)]
        if len(row) == width and (not row[at] or any(letter.isdigit() for letter in row[at])):
            break
        left.append(line)
    if left and all(len(row) == width and looks_like_time(row[at]) for _, row in body[: -len(left)]):
        del body[-len(left) :]
        notes.append(f"{len(left)} lines beneath the rows, from line {left[-1]} on, are left out")


def _width(row: list[str]) -> int:
    return max((place for place, cell in enumerate(row, 1) if cell), default=0)


def _fitted(row: list[str], width: int) -> list[str]:
    """Drop empty cells beyond the header, of lines that end with separators."""
    while len(row) > width and not row[-1]:
        row = row[:-1]
    return row


def _is_comment(row: list[str]) -> bool:
    return bool(_COMMENT.match(row[0]))


def _without_mark(header: list[str]) -> list[str]:
    return [_COMMENT.sub("", header[0]).strip(), *header[1:]]


def _is_data(row: list[str]) -> bool:
    return any(looks_like_time(cell) or numbers_of([cell]) is not None for cell in row if cell)


def _is_row_of_units(row: list[str], following: list[str]) -> bool:
    """Say whether a row names units: words where the row after it has times and numbers."""
    return not _is_data(row) and any(row) and _is_data(following)
