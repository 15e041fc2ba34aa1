"""A table that goes out: what its columns are called and hold, and its rows piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, TypeVar

from plant.iso14224 import Names
from storage.core.database import Database, Transaction

Found = TypeVar("Found")
Row = Sequence[Any]
Pieces = Iterator[Sequence[Row]]
Heads = Literal["names", "en", "zh"]
"""What stands above the columns: the names that programs know, or words in English or Chinese."""


class ColumnKind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole"
    INSTANT = "instant"
    DAY = "day"
    YES = "yes"


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One column: its name for programs, in words (English, Chinese) for people, and what it holds."""

    name: str
    words: Names
    kind: ColumnKind = ColumnKind.TEXT

    def head(self, heads: Heads) -> str:
        """Return what stands above it.

        >>> Column(name="site", words=("Site", "站点")).head("zh")
        '站点'
        """
        if heads == "names":
            return self.name
        return self.words[0] if heads == "en" else self.words[1]


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportTable:
    """A table by name. `pieces` reads its rows, some thousand at a time, each a value for every column or None.

    There is one piece at least, which may be empty. Each is read in a transaction of its own: who takes a file slowly
    holds no connection.
    """

    name: str
    columns: Sequence[Column]
    pieces: Callable[[], Pieces]


def read_on(
    database: Database, read: Callable[[Transaction, Found | None], tuple[Sequence[Found], Sequence[Row]]], *, most: int
) -> Pieces:
    """Yield rows piece by piece: `read` finds up to `most` things behind the last one, and makes rows of them."""
    last: Found | None = None
    while True:
        with database.transaction() as tx:
            found, rows = read(tx, last)
        yield rows
        if len(found) < most:
            return
        last = found[-1]


def text(name: str, english: str, chinese: str) -> Column:
    """Make a column of text."""
    return Column(name=name, words=(english, chinese))


def number(name: str, english: str, chinese: str) -> Column:
    """Make a column of numbers."""
    return Column(name=name, words=(english, chinese), kind=ColumnKind.NUMBER)


def whole(name: str, english: str, chinese: str) -> Column:
    """Make a column of whole numbers."""
    return Column(name=name, words=(english, chinese), kind=ColumnKind.WHOLE)


def instant(name: str, english: str, chinese: str) -> Column:
    """Make a column of instants."""
    return Column(name=name, words=(english, chinese), kind=ColumnKind.INSTANT)
