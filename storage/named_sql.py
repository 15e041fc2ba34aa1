"""SQL lives in `queries/<subject>.sql`, one named statement after another, and is read from there by name."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_NAME = re.compile(r"^-- name: (?P<name>[a-z0-9_]+)\s*$", re.MULTILINE)


def split_statements(text: str) -> dict[str, bytes]:
    r"""Split a file of named statements.

    Raises:
        ValueError: two statements have one name.

    >>> split_statements("-- name: one\n-- Count to one.\nSELECT 1;\n-- name: two\nSELECT 2;\n")
    {'one': b'-- Count to one.\nSELECT 1;', 'two': b'SELECT 2;'}
    """
    parts = _NAME.split(text)[1:]
    names, bodies = parts[::2], parts[1::2]
    if len(set(names)) != len(names):
        raise ValueError(f"statement names are not unique: {sorted(names)}")
    return {name: body.strip().encode() for name, body in zip(names, bodies, strict=True)}


@cache
def statements(subject: str) -> dict[str, bytes]:
    """Return the named statements of `queries/<subject>.sql`."""
    return split_statements((files("storage") / "queries" / f"{subject}.sql").read_text(encoding="utf-8"))
