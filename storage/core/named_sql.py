"""Named SQL: each module's statements stand beside it in `<subject>.sql`, each under a name, and are read by it."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

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
    """Return the named statements of `<subject>.sql`, wherever in this room it stands."""
    return split_statements(_files()[subject].read_text(encoding="utf-8"))


@cache
def _files() -> dict[str, Traversable]:
    """Return every file of named statements by its subject: those in the floors, not what `migrate` runs.

    Raises:
        ValueError: two files have one subject.
    """
    floors = [floor for floor in files("storage").iterdir() if (floor / "__init__.py").is_file()]
    found = [file for floor in floors for file in floor.iterdir() if file.name.endswith(".sql")]
    by_subject = {file.name.removesuffix(".sql"): file for file in found}
    if len(by_subject) < len(found):
        raise ValueError(f"two files of statements have one subject: {sorted(file.name for file in found)}")
    return by_subject
