"""The sheets of a workbook, or the one table of a text file, cell by cell as they stand there."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TypeAlias

from lifecycle.importing.tables.opening import look_through
from lifecycle.schedule.milestones import decoded
from plant.errors import Rejected

Cell: TypeAlias = str | float | bool | date | datetime | time | timedelta
Merged: TypeAlias = tuple[tuple[int, int], tuple[int, int]]
_MOST_TEXT = 200 * 1024 * 1024
_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_OTHERS = {b"%PDF": "a PDF", b"\x7fELF": "a program", b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """A table: `rows[0]` is its row 1. `merged` are corners, from 0; `name` has no blanks around it."""

    name: str
    rows: Sequence[Sequence[Cell]]
    merged: tuple[Merged, ...] = ()
    is_hidden: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Book:
    """All sheets of a file; `is_1904` is how numbers of days are counted in it."""

    file: str
    sheets: tuple[Sheet, ...]
    is_1904: bool = False

    def sheet(self, name: str) -> Sheet | None:
        """Return a sheet by its name, whatever its letter case and the blanks around it; None where there is none."""
        return next((one for one in self.sheets if one.name.casefold() == name.strip().casefold()), None)


def read_book(path: Path) -> Book:
    """Read a workbook (.xlsx) or a table in text (.csv, .tsv, .txt).

    Raises:
        Rejected: it is neither, or is called other than what it holds, or is one that is not opened.
    """
    try:
        with path.open("rb") as opened:
            head = opened.read(4096)
    except OSError as error:
        raise Rejected("no_file", f"{path} cannot be read: {error.strerror or error}") from error
    suffix = path.suffix.lower()
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Rejected(
            "old_workbook", f"{path.name} is an old binary workbook, or has a password; save it as .xlsx without one"
        )
    if head.startswith(b"PK\x03\x04"):
        if suffix not in {".xlsx", ".xlsm"}:
            raise Rejected("renamed", f"{path.name} is a zip file by what it holds; if it is a workbook, call it .xlsx")
        return _read_workbook(path)
    if suffix in {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}:
        raise Rejected("renamed", f"{path.name} is called a workbook and is {_said_kind(head)}; save it as .xlsx")
    return _read_text(path, head)


def _said_kind(head: bytes) -> str:
    if head.lstrip()[:1] == b"<":
        return "a web page or XML by what it holds"
    return next((what for mark, what in _OTHERS.items() if head.startswith(mark)), "none by what it holds")


def _read_workbook(path: Path) -> Book:
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    known = look_through(path)
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            sheets = []
            for place, one in enumerate(workbook.sheets_metadata):
                if one.typ != SheetTypeEnum.WorkSheet:
                    continue
                sheet = workbook.get_sheet_by_index(place)
                sheets.append(
                    Sheet(
                        name=one.name.strip(),
                        rows=sheet.to_python(skip_empty_area=False),
                        merged=tuple(sheet.merged_cell_ranges or ()),
                        is_hidden=one.visible != SheetVisibleEnum.Visible,
                    )
                )
    except (CalamineError, OSError, ValueError) as error:
        raise Rejected("bad_workbook", f"{path.name} is damaged: {error}") from error
    return Book(file=path.name, sheets=tuple(sheets), is_1904=known.is_1904)


def _read_text(path: Path, head: bytes) -> Book:
    if path.stat().st_size > _MOST_TEXT:
        raise Rejected("too_large", f"{path.name} has more than {_MOST_TEXT // 1024**2} MiB")
    text = _text_of(path.read_bytes(), path.name, head)
    lines = [line for line in text.splitlines()[:50] if line.strip()]
    delimiter = max(",;\t|", key=lambda mark: sum(line.count(mark) for line in lines))
    try:
        rows = _rows_of(text, delimiter)
    except csv.Error as error:
        raise Rejected("no_table", f"no table can be read from {path.name}: {error}") from error
    return Book(file=path.name, sheets=(Sheet(name="", rows=rows),))


def _rows_of(text: str, delimiter: str) -> list[list[str]]:
    """Return the rows of a text; a mark of inches in a quoted cell is let pass, a quotation without an end is not."""
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise csv.Error("a quotation mark is opened and never closed") from error
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _text_of(body: bytes, name: str, head: bytes) -> str:
    for mark, form in _MARKS.items():
        if body.startswith(mark):
            return body[2:].decode(form, errors="replace")
    if b"\x00" in head:
        for form, empty in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
            if empty.count(0) > len(empty) * 0.3:
                return body.decode(form, errors="replace")
        raise Rejected("renamed", f"{name} is no text: it is {_said_kind(head)}")
    if any(head.startswith(mark) for mark in _OTHERS):
        raise Rejected("renamed", f"{name} is {_said_kind(head)} by what it holds")
    return decoded(body)
