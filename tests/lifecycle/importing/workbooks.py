"""Workbooks as plants have them, written for a test, and then bent by hand where no writer would write them so."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

Rows = Sequence[Sequence[Any]]


def workbook(path: Path, sheets: Mapping[str, Rows], *, hidden: Sequence[str] = (), **options: Any) -> Path:
    """Write a workbook: rows by the name of their sheet."""
    book = xlsxwriter.Workbook(path, options)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        if name in hidden:
            sheet.hide()
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date | datetime):
                    sheet.write_datetime(at, column, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(at, column, cell)
                elif cell is not None:
                    sheet.write(at, column, cell)
    book.close()
    return path


def rewritten(path: Path, change: Callable[[str, bytes], bytes], **added: bytes) -> Path:
    """Write a package again: each entry as `change` makes it, and more entries, with / for __ in their names."""
    with zipfile.ZipFile(path) as package:
        entries = {one.filename: package.read(one) for one in package.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, body in entries.items():
            package.writestr(name, change(name, body))
        for name, body in added.items():
            package.writestr(name.replace("__", "/"), body)
    return path
