"""CSV, as all of the product writes it: text that a spreadsheet would take for a formula is text there too."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

MARK = "\ufeff"
"""What a file of CSV begins with, so that a spreadsheet reads it as UTF-8."""

_STARTS = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "＝",
    "＋",
    "－",
    "＠",
)  # the wide ones are taken so in Chinese and Japanese


def defused(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: one that begins like it gets an apostrophe before it.

    >>> defused("=1+1"), defused("P-101"), defused("-3"), defused("")
    ("'=1+1", 'P-101', "'-3", '')
    """
    return f"'{text}" if text.startswith(_STARTS) else text


def as_it_was(text: str) -> str:
    """Take the apostrophe off again.

    >>> as_it_was("'=1+1"), as_it_was("'n Beetje"), as_it_was("P-101")
    ('=1+1', "'n Beetje", 'P-101')
    """
    return text[1:] if text[:1] == "'" and text[1:].startswith(_STARTS) else text


def csv_of(rows: Iterable[Sequence[object]]) -> str:
    r"""Write rows as CSV; each text is defused, what is no text stands as it is.

    >>> csv_of([("tag", "n"), ("=P-1", -3), ("a,b", None)])
    'tag,n\r\n\'=P-1,-3\r\n"a,b",\r\n'
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerows([defused(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return target.getvalue()
