"""Paths into a payload, as `$.motor.temperatures[0]`, `$^.timestamp`, `$$["odd name"]`: names and places only.

`$` is the element that is being read, or the whole payload where there is no list. `$^` is what encloses that element,
`$^^` what encloses that one, and `$$` is the whole payload.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from plant.errors import Rejected

Steps: TypeAlias = tuple[str | int, ...]
"""Names of an object's keys and places in a list, from the outside in."""

_ROOT = -1
_BEGIN = re.compile(r"\$\$|\$\^*|")
_STEP = re.compile(r"""\.([^.\[\]\s"']+)|\[(\d+)\]|\["([^"]*)"\]""")
_EVERY = "[*]"
_BELOW = ".**"
_DEEPEST = 20
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Path:
    """Where to look: `steps` from the element so many levels `out`, or from the whole payload."""

    steps: Steps
    out: int = 0

    def of(self, levels: Sequence[Any]) -> Any:
        """Return what stands there, None where nothing does; `levels` go from the whole payload to the element."""
        if self.out == _ROOT:
            return found(levels[0], self.steps)
        return found(levels[-1 - self.out], self.steps) if self.out < len(levels) else None


@dataclass(frozen=True, slots=True)
class FirstPath:
    """Where to look one after another."""

    paths: tuple[Path, ...]

    def of(self, levels: Sequence[Any]) -> Any:
        """Return what stands at the first path at which anything does."""
        return next((value for path in self.paths if (value := path.of(levels)) is not None), None)


def path_of(text: str) -> Path:
    """Parse a path.

    Raises:
        Rejected: `bad_path`.

    >>> path_of('$^.motor["odd name"][2].value')
    Path(steps=('motor', 'odd name', 2, 'value'), out=1)
    """
    begin = _BEGIN.match(text)
    start = begin.group() if begin else ""
    out = _ROOT if start == "$$" else max(0, len(start) - 1)
    return Path(_steps_of(text[len(start) :] if start else f".{text}", text), out)


def values_path_of(text: str) -> tuple[Path, bool]:
    """Parse a path that may end in `.**`, which takes all that is below; return the path and whether it does.

    >>> values_path_of("$.ENERGY.**")
    (Path(steps=('ENERGY',), out=0), True)
    """
    return (path_of(text.removesuffix(_BELOW)), True) if text.endswith(_BELOW) else (path_of(text), False)


def lists_of(text: str) -> tuple[Path, ...]:
    """Parse the path of lists within lists, `$.entries[*].values`: each is found in an element of the one before.

    >>> lists_of("$.entries[*].values")
    (Path(steps=('entries',), out=0), Path(steps=('values',), out=0))
    """
    first, *others = text.removesuffix(_EVERY).split(_EVERY)
    return (path_of(first), *(Path(_steps_of(one, text)) for one in others))


def _steps_of(rest: str, text: str) -> Steps:
    steps: list[str | int] = []
    while rest:
        step = _STEP.match(rest)
        if step is None:
            raise Rejected("bad_path", f'{text} is no path; write it as in $.motor.temperatures[0] or $["odd name"]')
        name, place, quoted = step.groups()
        steps.append(int(place) if place is not None else name if name is not None else quoted)
        rest = rest[step.end() :]
    return tuple(steps)


def text_of(steps: Steps) -> str:
    """Write a path from the element on.

    >>> text_of(("motor", "odd name", 2))
    '$.motor["odd name"][2]'
    """
    parts = (f"[{one}]" if isinstance(one, int) else f".{one}" if _is_plain(one) else f'["{one}"]' for one in steps)
    return "$" + "".join(parts)


def _is_plain(name: str) -> bool:
    return re.fullmatch(r"\w+", name) is not None


def found(document: Any, steps: Steps) -> Any:
    """Return what stands at the end of some steps, None where nothing does."""
    for step in steps:
        if isinstance(step, str):
            document = document.get(step, _MISSING) if isinstance(document, dict) else _MISSING
        else:
            document = document[step] if isinstance(document, list) and step < len(document) else _MISSING
        if document is _MISSING:
            return None
    return document


def below(value: Any, name: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield all that is no object and no list below a value, named by its keys and places with dots between.

    >>> list(below({"a": {"b": 1}, "c": [2, 3]}))
    [('a.b', 1), ('c.0', 2), ('c.1', 3)]
    """
    if depth < _DEEPEST and isinstance(value, dict):
        for key, part in value.items():
            yield from below(part, f"{name}.{key}" if name else str(key), depth + 1)
    elif depth < _DEEPEST and isinstance(value, list):
        for place, part in enumerate(value):
            yield from below(part, f"{name}.{place}" if name else str(place), depth + 1)
    else:
        yield name, value
