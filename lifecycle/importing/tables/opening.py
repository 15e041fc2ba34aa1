"""Open a workbook only once its package was looked through: what could do harm is refused with the reason."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from plant.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_BYTES = 200 * 1024 * 1024
_MOST_UNPACKED = 1024 * 1024 * 1024
_MOST_RATIO = 200  # sheets of real plants are packed to a tenth, at most to a fiftieth
_MOST_FILES = 5000
_MOST_CELLS = 20_000_000
_PIECE = 1024 * 1024
_OVERLAP = 64
_DOCTYPE = [word.encode(form) for word in ("<!DOCTYPE", "<!ENTITY") for form in ("ascii", "utf-16-le", "utf-16-be")]
_CELL = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')


@dataclass(frozen=True, kw_only=True, slots=True)
class LookedThrough:
    """What is known of a workbook once its package was looked through; `is_1904` is how it counts its days."""

    names: tuple[str, ...]
    is_1904: bool


def look_through(path: Path) -> LookedThrough:
    """Look through a workbook's package.

    Raises:
        Rejected: it is none, or damaged; it has macros or links to other files; its XML declares entities; it unfolds
            to more than is read.
    """
    if path.stat().st_size > _MOST_BYTES:
        raise Rejected("too_large", f"{path.name} has more than {_MOST_BYTES // 1024**2} MiB")
    try:
        with zipfile.ZipFile(path) as package:
            entries = package.infolist()
            _refuse_by_names(path.name, [one.filename for one in entries])
            _refuse_large(path.name, entries)
            for entry in entries:
                _read_through(path.name, package, entry)
            return LookedThrough(names=tuple(package.namelist()), is_1904=_counts_from_1904(package))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise Rejected("bad_workbook", f"{path.name} is no workbook, or damaged: {error}") from error


def _refuse_by_names(file: str, names: Sequence[str]) -> None:
    lower = [name.lower() for name in names]
    if any(name.endswith(("vbaproject.bin", ".vba")) or name.startswith("xl/macrosheets/") for name in lower):
        raise Rejected("has_macros", f"{file} has macros, which are not opened; save it as .xlsx without them")
    if any(name.startswith("xl/externallinks/") or name == "xl/connections.xml" for name in lower):
        raise Rejected(
            "has_links", f"{file} takes values from other files; break the links (Data, Edit Links) and save it again"
        )
    if "xl/workbook.bin" in lower:
        raise Rejected("bad_workbook", f"{file} is a binary workbook; save it as .xlsx")
    if "xl/workbook.xml" not in lower:
        raise Rejected("bad_workbook", f"{file} is a zip file and no workbook; save it as .xlsx")


def _refuse_large(file: str, entries: Sequence[zipfile.ZipInfo]) -> None:
    unpacked, packed = sum(one.file_size for one in entries), sum(one.compress_size for one in entries)
    bombs = [one for one in entries if one.file_size > 10 * _PIECE and one.file_size > _MOST_RATIO * one.compress_size]
    if len(entries) > _MOST_FILES or unpacked > _MOST_UNPACKED or unpacked > _MOST_RATIO * max(packed, _PIECE) or bombs:
        raise Rejected("unfolds_too_far", f"{file} unfolds to {unpacked // 1024**2} MiB, which no tag list needs")


def _read_through(file: str, package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Read an entry once, in pieces: what it really holds is what its header says, and no entities are declared."""
    is_xml = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
    is_sheet = entry.filename.lower().startswith("xl/worksheets/")
    columns, rows = 0, 0
    for piece in _pieces(package, entry):
        if is_xml and any(word in piece for word in _DOCTYPE):
            raise Rejected("has_entities", f"{file} declares entities or a document type in {entry.filename[:100]}")
        for letters, number in _CELL.findall(piece) if is_sheet else ():
            columns, rows = max(columns, _column(letters)), max(rows, int(number))
    if columns * rows > _MOST_CELLS:
        raise Rejected(
            "too_large",
            f"{file}: {entry.filename[:100]} reaches to row {rows}, column {columns}; delete what is far out",
        )


def _pieces(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Read an entry in pieces that overlap, so that nothing is missed where two of them meet."""
    before = b""
    with package.open(entry) as opened:
        while piece := opened.read(_PIECE):
            yield before + piece
            before = piece[-_OVERLAP:]


def _column(letters: bytes) -> int:
    """Return the number of a column.

    >>> _column(b"A"), _column(b"XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _counts_from_1904(package: zipfile.ZipFile) -> bool:
    name = next(one for one in package.namelist() if one.lower() == "xl/workbook.xml")
    try:
        root = fromstring(package.read(name), forbid_dtd=True)
    except (ParseError, DefusedXmlException) as error:
        raise Rejected("bad_workbook", f"{name} of the workbook is damaged: {error}") from error
    said = [one.get("date1904", "") for one in root.iter() if one.tag.endswith("}workbookPr")]
    return any(one.lower() in {"1", "true", "on"} for one in said)
