"""Remaining life in words: how long a machine has left, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.console.elements import age
from api.console.visit import Visit

_UNKNOWN = frozenset({"too_short", "no_trend", "far"})


def in_words(visit: Visit, left: Mapping[str, Any] | None) -> str:
    """Say what was told: `left` has outlook, likely_s, low_s, high_s (seconds) and coverage; None where nothing was."""
    if left is None:
        return visit.t("life_untold")
    outlook, likely = left.get("outlook"), left.get("likely_s")
    if outlook == "reached":
        return visit.t("life_reached")
    if likely is None:
        why = outlook if outlook in _UNKNOWN else "untold"
        return visit.t("life_unknown", why=visit.t(f"life_{why}"))
    low, high = left.get("low_s"), left.get("high_s")
    spans = {
        "likely": age(visit.language, likely),
        "low": age(visit.language, low or 0.0),
        "part": f"{100 * float(left.get('coverage') or 0):.0f} %",
    }
    if high is None:
        return visit.t("life_open", **spans)
    return visit.t("life_known", **spans, high=age(visit.language, high))
