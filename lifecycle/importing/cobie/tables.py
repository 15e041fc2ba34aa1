"""The sheets of a COBie workbook as rows by column; what is called otherwise than the standard says is named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from lifecycle.importing.cobie.layout import COLUMNS, OTHERS, REQUIRED
from lifecycle.importing.facts import Origin, RowFault
from lifecycle.importing.tables.cells import is_nothing, text_of
from lifecycle.importing.tables.sheets import Book, Cell, Sheet

_MOST_ABOVE, _LEAST_KNOWN = 10, 2


@dataclass(frozen=True, kw_only=True, slots=True)
class CobieRow:
    """A row: its cells by column, those that say nothing left out."""

    cells: dict[str, Cell]
    origin: Origin

    def __getitem__(self, column: str) -> str:
        """Return the text of a cell, empty where it says nothing."""
        cell = self.cells.get(column, "")
        return cell.strip() if isinstance(cell, str) else text_of(cell)


@dataclass(frozen=True, kw_only=True, slots=True)
class CobieTables:
    """All rows by sheet, what is wrong with sheets and columns, and what was passed over."""

    rows: dict[str, list[CobieRow]]
    faults: list[RowFault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def of(self, sheet: str) -> Sequence[CobieRow]:
        """Return the rows of a sheet."""
        return self.rows.get(sheet, [])


def cobie_tables(book: Book) -> CobieTables:
    """Sort a workbook's sheets by the standard's names, whatever their letter case and blanks."""
    tables = CobieTables(rows={})
    names = {name.casefold(): name for name in (*COLUMNS, *OTHERS)}
    for sheet in book.sheets:
        known = names.get(sheet.name.casefold())
        if known is None:
            _name_stranger(tables, sheet, names)
        elif known in OTHERS:
            count = sum(1 for row in sheet.rows[1:] if any(not is_nothing(cell) for cell in row))
            if count and known not in {"Contact", "PickLists", "Instruction"}:
                tables.notes.append(f"sheet {known} has {count} rows, for which the register has no place")
        else:
            tables.rows[known] = list(_rows(tables, sheet, known))
    for missing in (name for name in REQUIRED if name not in tables.rows):
        mend = "add it; the rows that name it cannot be taken" if missing != "Facility" else "add it, or say --site"
        tables.faults.append(RowFault(what=f"there is no sheet {missing}", mend=mend))
    return tables


def _name_stranger(tables: CobieTables, sheet: Sheet, names: dict[str, str]) -> None:
    if not any(not is_nothing(cell) for row in sheet.rows for cell in row):
        return
    near = get_close_matches(sheet.name.casefold(), names, n=1, cutoff=0.6)
    mend = f"rename it {names[near[0]]}" if near else "give it the name of the standard, or delete it"
    origin = Origin(sheet=sheet.name)
    tables.faults.append(RowFault(what="the sheet is none of COBie's and was not read", mend=mend, origin=origin))


def _rows(tables: CobieTables, sheet: Sheet, known: str) -> Iterator[CobieRow]:
    columns = {_plain(name): name for name in COLUMNS[known]}
    columns |= {"externalsystem": "ExtSystem", "externalobject": "ExtObject", "externalidentifier": "ExtIdentifier"}
    first = next(iter(COLUMNS[known]))
    at = _head_row(sheet, columns, first)
    heads = [text_of(cell) for cell in sheet.rows[at]] if sheet.rows else []
    places = {place: columns.get(_plain(head), "") for place, head in enumerate(heads) if head}
    strange = [heads[place] for place, name in places.items() if not name]
    if strange:
        tables.notes.append(f"sheet {known}: columns of no COBie name were left out: {', '.join(strange)}")
    if sheet.is_hidden:
        tables.notes.append(f"sheet {known} is hidden and was read")
    if first not in places.values():
        what, mend = f"no column is called {first}", f"write {first} in row 1"
        tables.faults.append(RowFault(what=what, mend=mend, origin=Origin(sheet=known, row=1)))
        return
    for number, row in enumerate(sheet.rows[at + 1 :], start=at + 2):
        cells = {places[place]: cell for place, cell in enumerate(row) if places.get(place) and not is_nothing(cell)}
        if cells:
            yield CobieRow(cells=cells, origin=Origin(sheet=known, row=number))


def _plain(head: str) -> str:
    """Return a head without blanks, dashes and underscores, in small letters: other programs write `Type Name`."""
    return re.sub(r"[\s_-]", "", head.casefold())


def _head_row(sheet: Sheet, columns: Mapping[str, str], first: str) -> int:
    """Return where the heads stand: in row 1, or below what some programs write above them."""
    for at, row in enumerate(sheet.rows[:_MOST_ABOVE]):
        known = {columns.get(_plain(text_of(cell))) for cell in row} - {None}
        if first in known and len(known) >= min(_LEAST_KNOWN, len(columns)):
            return at
    return 0
