"""Remaining life in words: how long a machine has left, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.console.components.elements import age
from api.console.texts.texts import text
from api.language import Language
from plant.model import Outlook

_UNKNOWN = frozenset(one for one in Outlook if one.is_unknown)
_LIMITED = frozenset({Outlook.KNOWN, Outlook.REACHED, Outlook.FAR})


def in_words(language: Language, left: Mapping[str, Any] | None) -> str:
    """Say what was told: `left` has outlook, likely_s, low_s, high_s (seconds) and coverage; None where nothing was.

    Where a `wear_limit` was counted up to, in alarm lines, it is said too.

    >>> left = {"outlook": "known", "likely_s": 9e5, "low_s": 5e5, "high_s": None, "coverage": 0.8}
    >>> in_words(Language.EN, left), in_words(Language.EN, {"outlook": "no_trend", "likely_s": None})
    ('About 10 d (5 d or more, 80 % sure)', 'Unknown: wear has no trend')
    """
    if left is None:
        return text(language, "life_untold")
    said, limit = _outlook(language, left), left.get("wear_limit")
    if limit is None or left.get("outlook") not in _LIMITED:
        return said
    return text(language, "life_limit", said=said, limit=f"{float(limit):g}")


def _outlook(language: Language, left: Mapping[str, Any]) -> str:
    outlook, likely = left.get("outlook"), left.get("likely_s")
    if outlook == Outlook.REACHED:
        return text(language, "life_reached")
    if likely is None:
        why = f"life_{outlook}" if outlook in _UNKNOWN else "life_untold"
        return text(language, "life_unknown", why=text(language, why))
    low, high = left.get("low_s"), left.get("high_s")
    spans = {
        "likely": age(language, likely),
        "low": age(language, low or 0.0),
        "part": f"{100 * float(left.get('coverage') or 0):.0f} %",
    }
    if high is None:
        return text(language, "life_open", **spans)
    return text(language, "life_known", **spans, high=age(language, high))
