"""Tables that are read from files, each row of which is to be whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def whole(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    """Give the rows that are not empty, the first of which says how many columns there are.

    Raises:
        ValueError: a row has not as many; it is named by its number in the file.

    >>> list(whole([["a", "b"], [], ["1", "2"]]))
    [['a', 'b'], ['1', '2']]
    """
    columns = None
    for number, row in enumerate(rows, start=1):
        if not row:
            continue
        columns = columns or len(row)
        if len(row) != columns:
            raise ValueError(f"line {number} has {len(row)} of {columns} columns; is the file cut off?")
        yield row
