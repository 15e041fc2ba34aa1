"""Find out by its content what a file is, and read it as facts with the reader for it.

A reader of a new kind is one more case in `read_facts`, and one more mark in `kind_of`; it is imported only when it is
needed, since some want an extra of the product.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from lifecycle.importing.facts import Facts, SourceKind
from plant.errors import Rejected

if TYPE_CHECKING:
    from lifecycle.importing.tables.mapping_file import ColumnMapping

_HEAD = 4096
_SHEET = re.compile(rb"""<(?:\w+:)?sheet\s[^>]*?\bname=["']([^"']*)""")
_COBIE = frozenset({"facility", "floor", "space", "type", "component", "system", "spare", "job", "attribute"})
_LEAST_SHEETS = 3
_ENDINGS: dict[SourceKind, tuple[str, ...]] = {
    "ifc": (".ifc", ".ifczip"),
    "aasx": (".aasx",),
    "tags": (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".tsv", ".txt"),
    "plant": (".toml",),
}
_MOST_OF_BOOK = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadOptions:
    """What a person says of a file: its kind where content is not to decide, its site, a class for assets without.

    `asset` is the one that a maker's package is of.

    `mapping` is the file in which the columns of a tag list are kept, `saved_mapping` one that was chosen by its name;
    `on_mapping` is told by which one it was read. `sheet` is the one to read where there are several.
    """

    kind: SourceKind | None = None
    site: str | None = None
    class_tag: str | None = None
    asset: str | None = None
    mapping: Path | None = None
    saved_mapping: ColumnMapping | None = None
    on_mapping: Callable[[ColumnMapping], None] = lambda _mapping: None
    sheet: str | None = None
    progress: Callable[[int, int], None] = lambda _done, _total: None


def read_facts(path: Path, options: ReadOptions | None = None) -> Facts:
    """Read a file as facts about one site.

    Raises:
        Rejected: it cannot be read, is no file of its kind, or is one that is not opened; the text says why.
    """
    options = options or ReadOptions()
    kind = options.kind or kind_of(path)
    facts = _read(path, kind, options)
    if kind != "ifc":  # whose reader says itself how far it has come
        options.progress(size := path.stat().st_size, size)
    return facts


def _read(path: Path, kind: SourceKind, options: ReadOptions) -> Facts:
    match kind:
        case "plant":
            from lifecycle.register.importing import read_plant_facts

            return read_plant_facts(path)
        case "tags":
            from lifecycle.importing.tables.tag_list import read_tag_list

            return read_tag_list(path, options)
        case "cobie":
            from lifecycle.importing.cobie.reader import read_cobie

            return read_cobie(path, options)
        case "ifc":
            from lifecycle.importing.building.own_process import read_building_facts

            return read_building_facts(path, options)
        case "aasx":
            from lifecycle.importing.makers_package import read_makers_package

            return read_makers_package(path, options)
        case _:
            assert_never(kind)


def kind_of(path: Path) -> SourceKind:
    """Say what a file is by what it holds; its name decides only between the kinds of plain text.

    Raises:
        Rejected: it cannot be read, or is called what another kind is called.
    """
    kind = _kind_by_content(path)
    ending = path.suffix.lower()
    if kind in {"ifc", "aasx"} and ending not in _ENDINGS[kind] and any(ending in one for one in _ENDINGS.values()):
        if kind == "ifc":
            raise Rejected("renamed", f"{path.name} is a building model by what it holds; call it .ifc")
        raise Rejected("renamed", f"{path.name} is a maker's package by what it holds; call it .aasx")
    return kind


def _kind_by_content(path: Path) -> SourceKind:
    try:
        with path.open("rb") as opened:
            head = opened.read(_HEAD)
    except OSError as error:
        raise Rejected("no_file", f"{path} cannot be read: {error.strerror or error}") from error
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"ISO-10303-21"):
        return "ifc"
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_package(path)
    return "plant" if path.suffix.lower() == ".toml" else "tags"


def _kind_of_package(path: Path) -> SourceKind:
    try:
        with zipfile.ZipFile(path) as package:
            names = package.namelist()
            book = package.open("xl/workbook.xml").read(_MOST_OF_BOOK) if "xl/workbook.xml" in names else b""
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise Rejected("bad_file", f"{path.name} begins as a zip file and is damaged: {error}") from error
    if any(name.startswith("aasx/") for name in names):
        return "aasx"
    if any(name.lower().endswith(".ifc") for name in names):
        return "ifc"
    sheets = {unescape(name.decode(errors="replace")).strip().casefold() for name in _SHEET.findall(book)}
    return "cobie" if len(sheets & _COBIE) >= _LEAST_SHEETS else "tags"
