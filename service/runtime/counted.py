"""Counts as people say them: 1 model, 2 models.

What is counted is named by its plural, and the singular is found by rules: most words lose their `s`, `ies` becomes
`y`, and the few others stand in a table. Of several words the last one changes: 1 work order.
"""

from __future__ import annotations

_ONE = {"lives": "life", "people": "person", "series": "series"}
"""What no rule gives, by its plural."""


def counted(number: int, many: str) -> str:
    """Return a number with what it is a number of; `many` is the plural.

    >>> counted(1, "models"), counted(12_000, "readings"), counted(0, "entries")
    ('1 model', '12,000 readings', '0 entries')
    >>> counted(1, "entries"), counted(1, "people"), counted(1, "work orders"), counted(1, "classes")
    ('1 entry', '1 person', '1 work order', '1 class')
    """
    return f"{number:,} {_one_of(many) if number == 1 else many}"


def _one_of(many: str) -> str:
    *before, last = many.split(" ")
    return " ".join([*before, _ONE.get(last) or _by_rule(last)])


def _by_rule(many: str) -> str:
    """Return the singular of a plural.

    >>> _by_rule("entries"), _by_rule("classes"), _by_rule("pieces")
    ('entry', 'class', 'piece')
    """
    if many.endswith("ies"):
        return f"{many[:-3]}y"
    return many.removesuffix("es") if many.endswith("sses") else many.removesuffix("s")
