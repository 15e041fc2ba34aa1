"""The sheets of a COBie workbook as rows by column; what is called otherwise than the standard says is named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from lifecycle.importing.cobie.layout import COLUMNS, OTHERS, REQUIRED
from lifecycle.importing.facts import Origin, RowFault
from lifecycle.importing.tables.cells import is_nothing, text_of
from lifecycle.importing.tables.sheets import Book, Cell, Sheet


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
    heads = [text_of(cell) for cell in sheet.rows[0]] if sheet.rows else []
    columns = {name.casefold(): name for name in COLUMNS[known]}
    columns |= {"externalsystem": "ExtSystem", "externalobject": "ExtObject", "externalidentifier": "ExtIdentifier"}
    places = {at: columns.get(head.casefold(), "") for at, head in enumerate(heads) if head}
    strange = [heads[at] for at, name in places.items() if not name]
    if strange:
        tables.notes.append(f"sheet {known}: columns of no COBie name were left out: {', '.join(strange)}")
    if sheet.is_hidden:
        tables.notes.append(f"sheet {known} is hidden and was read")
    if columns and next(iter(COLUMNS[known])) not in places.values():
        first = next(iter(COLUMNS[known]))
        what, mend = f"no column is called {first}", f"write {first} in row 1"
        tables.faults.append(RowFault(what=what, mend=mend, origin=Origin(sheet=known, row=1)))
        return
    for number, row in enumerate(sheet.rows[1:], start=2):
        cells = {places[at]: cell for at, cell in enumerate(row) if places.get(at) and not is_nothing(cell)}
        if cells:
            yield CobieRow(cells=cells, origin=Origin(sheet=known, row=number))
