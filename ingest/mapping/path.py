"""Paths into JSON: `$.motor.temperatures[0]`, `$["odd name"]`; names and places, nothing that searches."""

from __future__ import annotations

import re
from typing import Any, TypeAlias

from plant.errors import Rejected

Path: TypeAlias = tuple[str | int, ...]
_STEP = re.compile(r"""\.([^.\[\]\s"']+)|\[(\d+)\]|\["([^"]*)"\]""")
_MISSING = object()


def path_of(text: str) -> Path:
    """Parse a path.

    Raises:
        Rejected: `bad_path`.

    >>> path_of('$.motor["odd name"][2].value')
    ('motor', 'odd name', 2, 'value')
    """
    steps: list[str | int] = []
    rest = text[1:] if text.startswith("$") else f".{text}"
    while rest:
        step = _STEP.match(rest)
        if step is None:
            raise Rejected("bad_path", f'{text} is no path; write it as in $.motor.temperatures[0] or $["odd name"]')
        name, place, quoted = step.groups()
        steps.append(int(place) if place is not None else name if name is not None else quoted)
        rest = rest[step.end() :]
    return tuple(steps)


def text_of(path: Path) -> str:
    """Write a path down.

    >>> text_of(("motor", "odd name", 2))
    '$.motor["odd name"][2]'
    """
    steps = (f"[{one}]" if isinstance(one, int) else f".{one}" if _is_plain(one) else f'["{one}"]' for one in path)
    return "$" + "".join(steps)


def _is_plain(name: str) -> bool:
    return re.fullmatch(r"\w+", name) is not None


def found(document: Any, path: Path) -> Any:
    """Return what stands at a path, None where nothing does."""
    for step in path:
        if isinstance(step, str):
            document = document.get(step, _MISSING) if isinstance(document, dict) else _MISSING
        else:
            document = document[step] if isinstance(document, list) and step < len(document) else _MISSING
        if document is _MISSING:
            return None
    return document
