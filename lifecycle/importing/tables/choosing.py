"""Choose the table of a tag list in a file: which sheet, and in which row its heads stand."""

from __future__ import annotations

from collections.abc import Sequence

from lifecycle.importing.tables.heads import Heads, find_heads, heads_with
from lifecycle.importing.tables.mapping_file import ColumnMapping, tag_heads
from lifecycle.importing.tables.sheets import Book, Sheet
from plant.errors import Rejected


def choose_table(book: Book, chosen: str, mapping: ColumnMapping | None) -> tuple[Sheet, Heads]:
    """Choose the sheet: the one that is named, or the only visible one in which tags have a head.

    Raises:
        Rejected: there is none, or there are several; or the mapping's columns are not in it.
    """
    if mapping is not None and not tag_heads(mapping):
        raise Rejected("no_heads", f"{book.file}: no column is mapped to tag")
    name = chosen or (mapping.sheet if mapping else "")
    named = book.sheet(name) if name and len(book.sheets) > 1 else None
    if named is None and chosen and len(book.sheets) > 1:
        raise Rejected("no_sheet", f"{book.file} has no sheet {name}; it has {_listed(book.sheets)}")
    sheets = [named] if named else [one for one in book.sheets if not one.is_hidden]
    found = [(one, heads) for one in sheets if (heads := _heads_of(one, mapping)) is not None]
    if not found and mapping is not None:
        raise Rejected(
            "no_heads",
            f"{book.file}: by the mapping tags stand under {' / '.join(sorted(tag_heads(mapping)))}, "
            "which no row of it has as a head; choose another mapping, or none",
        )
    if not found:
        raise Rejected(
            "no_heads",
            f"{book.file}: no visible sheet has a row with a head for tags, as Tag or 位号; say which by --mapping",
        )
    if len(found) > 1:
        raise Rejected(
            "which_sheet", f"{book.file}: {_listed([one for one, _ in found])} may be tag lists; say which (--sheet)"
        )
    return found[0]


def _heads_of(sheet: Sheet, mapping: ColumnMapping | None) -> Heads | None:
    if mapping is None:
        return find_heads(sheet)
    return heads_with(sheet, tag_heads(mapping), row=mapping.head_row, depth=mapping.head_rows)


def _listed(sheets: Sequence[Sheet]) -> str:
    return ", ".join(one.name + (" (hidden)" if one.is_hidden else "") for one in sheets)
