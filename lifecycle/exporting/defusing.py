"""Text that a spreadsheet would take for a formula, written so that it is text and nothing runs."""

from __future__ import annotations

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
