"""Tables of text that are read from files: their rows are checked, their columns become numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from models.detector.arrays import Floats


def whole_rows(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    """Yield the rows that are not empty; the first says how many columns each must have.

    Raises:
        ValueError: a row has another number of columns; the message names its line in the file.

    >>> list(whole_rows([["a", "b"], [], ["1", "2"]]))
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


def columns_of(table: Sequence[Sequence[str]], columns: Sequence[int]) -> Floats:
    """Return the named columns of a table of text as numbers (n, columns); an empty cell is a missing value.

    >>> columns_of([["a", "1", ""], ["b", "2", "3"]], [1, 2]).tolist()
    [[1.0, nan], [2.0, 3.0]]
    """
    return np.array([[float(line[column] or "nan") for column in columns] for line in table], dtype=np.float64)
