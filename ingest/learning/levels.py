"""What the levels of topics are called in a proposal: which of them are site, asset and signal."""

from __future__ import annotations

import re

FILLERS = frozenset(
    {"value", "values", "val", "data", "telemetry", "presentvalue", "present_value", "currentvalue", "current_value"}
)
_ACTIONS = FILLERS | frozenset(
    {"shadow", "update", "accepted", "properties", "property", "sys", "thing", "event", "events", "post", "report"}
    | {"messages", "message", "measurements", "measurement", "uplink", "up", "out", "tx", "json", "state", "status"}
    | {"raw", "processdata"}
)


def names_of(topics: set[str], *, has_signal: bool, in_full: bool = False) -> dict[str, str]:
    """Name levels: the last the signal of single values; of others that vary, the last the asset, the first the site.

    A last level that is a word for values, as in `pump7/flow/value`, names nothing. `in_full` puts all levels between
    site and signal into the asset, where fewer do not tell it from those of other topics.
    """
    levels = list(zip(*(topic.split("/") for topic in topics), strict=True))
    varying = [number for number, level in enumerate(levels) if len(set(level)) > 1]
    left = [number for number, level in enumerate(levels) if set(level) != {""}] or [0]  # none before or after a slash
    first = left[0]
    while len(left) > 1 and _says_nothing(set(levels[left[-1]]), len(left), has_signal=has_signal):
        left.pop()
    names: dict[int, str] = {}
    if has_signal:
        names[left.pop()] = "signal"
    if left:
        names[max((number for number in varying if number in left), default=left[-1])] = "asset"
    others = [number for number in varying if number in left and number not in names]
    if others:
        names |= {number: f"part{place}" for place, number in enumerate(others[1:], start=1)} | {others[0]: "site"}
    asset = _asset(names, {n: _literal(set(levels[n])) for n in left if n != first} if in_full else {})
    fixed = "+" if first in names else _literal(set(levels[first]))
    return {
        "pattern": "/".join(
            f"{{{names[n]}}}" if n in names else _literal(set(level)) for n, level in enumerate(levels)
        ),
        "site": "{site}" if others else "site" if fixed in {"+", ""} else fixed,
        "asset": asset,
    }


def _asset(names: dict[int, str], fixed: dict[int, str]) -> str:
    """Return the template of an asset of the levels that are named so, and of some that are the same everywhere."""
    said = {n: text for n, text in fixed.items() if n not in names and text != "+"}
    said |= {n: f"{{{name}}}" for n, name in names.items() if name == "asset" or name.startswith("part")}
    return "-".join(text for _, text in sorted(said.items())) or "asset"


def _says_nothing(level: set[str], left: int, *, has_signal: bool) -> bool:
    """Say whether a last level is a word for values; or for what is done with them, where enough others are left."""
    level = {one.casefold() for one in level}
    if left == 2:
        return not has_signal and level <= FILLERS
    return level <= (FILLERS if has_signal else _ACTIONS)


def _literal(seen: set[str]) -> str:
    """Return a level as a pattern takes it; one that varies, or would be read as something else, is left open."""
    level = min(seen)
    return level if len(seen) == 1 and not re.search(r"[{}+#]", level) else "+"
