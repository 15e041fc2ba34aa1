"""Tables in which rows speak of several assets, named in a column: a recording is of one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from simulators.tables.layout import Layout, UnreadableTableError
from simulators.tables.local_times import InstantsMs

_LEAST_SHARE = 0.25  # of the rows that repeat an instant, where that is no accident
_MOST_NAMED = 5


def rows_of(layout: Layout, column: str, value: str) -> Layout:
    """Return a table with the rows alone in which a column has a value, and without that column.

    Raises:
        UnreadableTableError: there is no such column, or no such row.
    """
    if column not in layout.header:
        raise UnreadableTableError(f"no column {column!r}; it has {', '.join(layout.header)}")
    place = layout.header.index(column)
    body = [(line, row) for line, row in layout.body if len(row) > place and row[place] == value]
    if not body:
        there = dict.fromkeys(row[place] for _, row in layout.body if len(row) > place)
        raise UnreadableTableError(f"no row has {value!r} in column {column!r}; there are {_named(list(there))}")
    return replace(
        layout,
        header=_without(layout.header, place),
        body=[(line, _without(row, place)) for line, row in body],
        units=_without(layout.units, place),
        notes=[*layout.notes, f"{len(body)} of {len(layout.body)} rows are read, those with {column} = {value}"],
    )


def check_one_asset(times_ms: InstantsMs, texts: Mapping[str, Sequence[str]]) -> None:
    """See that rows of one instant are not told apart by a column of texts: joined, all assets would be one.

    Raises:
        UnreadableTableError: a column names several assets; the text says which, and the mend.
    """
    repeated = len(times_ms) - len(np.unique(times_ms))
    if repeated < _LEAST_SHARE * len(times_ms):
        return
    for name, cells in texts.items():
        there = list(dict.fromkeys(cells))
        if len(there) > 1 and len(set(zip(times_ms.tolist(), cells, strict=True))) == len(times_ms):
            raise UnreadableTableError(
                f"rows of one time speak of several in column {name!r}: {_named(there)}; "
                f"take each with --only '{name}={there[0]}'; --only may be given again"
            )


def _without(row: list[str], place: int) -> list[str]:
    return [*row[:place], *row[place + 1 :]]


def _named(values: Sequence[str]) -> str:
    more = ", …" if len(values) > _MOST_NAMED else ""
    return ", ".join(value or "(empty)" for value in values[:_MOST_NAMED]) + more
