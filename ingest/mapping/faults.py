"""Where the first fault of a mapping file is, and what it is, in one line."""

from __future__ import annotations

import re

from pydantic import ValidationError

_INNER = {"str", "constrained-str", "QualityRule", "TimeParts", "ValueRule"}


def first_fault(error: ValidationError, text: str) -> str:
    """Say where the first fault is: its line, and its key from the topic on."""
    first = error.errors()[0]
    where = [part for part in first["loc"] if isinstance(part, int) or not (part in _INNER or "[" in part)]
    said = str(first["msg"]).removeprefix("Value error, ")
    key, colon, fault = said.partition(": it is")
    if colon and key.isidentifier():
        where, said = [*where, key], f"it is{fault}"
    keys = ".".join(str(part + 1) if isinstance(part, int) else part for part in where)
    if first["type"] == "missing":
        said = "it is missing; add it" if len(where) > 1 else "it has no [[topic]]; add one for each topic pattern"
    elif first["type"] == "extra_forbidden":
        said = "no such key is known; look whether it is misspelt"
    return f", line {_line(text, where)}, {keys}: {said}"


def _line(text: str, where: list[int | str]) -> int:
    """Find the line of a key: of its topic, its table within that, or where it stands itself, as far as it is found."""
    lines = text.splitlines()
    place, end = 0, len(lines)
    for part in where:
        if part == "topic":
            continue
        if isinstance(part, int):
            heads = [number for number, line in enumerate(lines) if re.match(r"\s*\[\[\s*topic\s*\]\]", line)]
            heads.append(len(lines))
            place, end = heads[min(part, len(heads) - 1)], heads[min(part + 1, len(heads) - 1)]
            continue
        key = re.compile(rf"""(^|[\s.\[{{,"']){re.escape(part)}["']?\s*(=|\.|\])""")
        place = next((number for number in range(place, end) if key.search(lines[number])), place)
    return min(place, max(0, len(lines) - 1)) + 1
