"""Rows of a tag list: those that are no asset, and those that are of one asset together."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lifecycle.importing.facts import AssetFact

_TOTAL = re.compile(
    r"((grand |sub)?total|sum|summe|gesamt|count|anzahl|合计|总计|小计|共计)(?=[\s:：]|$)", re.IGNORECASE
)
_AREA = re.compile(
    r"(area|unit|section|system|building|plant|floor|zone|bereich|anlage|gebäude|abschnitt)(?=[\s:]|$)"
    r"|.*(区|装置|车间|系统|单元|工段)$",
    re.IGNORECASE,
)


def is_total(first: str) -> bool:
    """Say whether a row is a total by its first text.

    >>> is_total("Summe: 2"), is_total("合计"), is_total("SUM-101")
    (True, True, False)
    """
    return _TOTAL.match(first) is not None


def is_heading(text: str, *, of_tag: str) -> bool:
    """Say whether the only text of a row is a heading and no tag: it stands elsewhere, or reads like one.

    >>> [is_heading(one, of_tag=one) for one in ("Area 200", "P-101", "UNIT-1", "给水车间", "Pumps and fans")]
    [True, False, False, True, True]
    """
    if text != of_tag:
        return True
    return bool(_AREA.match(text)) or text.endswith(":") or (" " in text and not any(one.isdigit() for one in text))


def one_each(assets: Sequence[object]) -> tuple[AssetFact, ...]:
    """Put rows of one asset together where the later ones say nothing else of it, as those of its signals do."""
    kept: dict[str, list[AssetFact]] = {}
    for one in assets:
        if isinstance(one, AssetFact):
            kept.setdefault(one.tag, []).append(one)
    result: list[AssetFact] = []
    for rows in kept.values():
        first = rows[0]
        result.append(first)
        result += [one for one in rows[1:] if _says_more(first, one)]
    return tuple(result)


def _says_more(first: AssetFact, other: AssetFact) -> bool:
    names = (
        "class_tag",
        "name",
        "name_zh",
        "area",
        "parent",
        "criticality",
        "serial",
        "manufacturer",
        "model",
        "feeds",
    )
    return any(getattr(other, name) not in (None, getattr(first, name)) for name in names)
