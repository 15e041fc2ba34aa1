"""What an import changed: counted by kind of thing, and item by item with each field before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from lifecycle.importing.facts import RowFault
from storage.register.register_changes import RegisterChange

How = Literal["added", "changed", "removed"]
_MOST_SHOWN = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemChange:
    """One item that is another now; `fields` hold what each said before and says after."""

    kind: str
    item: str
    how: How
    fields: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)

    @property
    def line(self) -> str:
        """Say it in a line.

        >>> ItemChange(kind="signal", item="P-1 flow", how="changed", fields={"high": (90.0, 80.0)}).line
        'changed signal P-1 flow: high 90.0 → 80.0'
        """
        changed = ", ".join(f"{name} {_shown(old)} → {_shown(new)}" for name, (old, new) in self.fields.items())
        return f"{self.how} {self.kind} {self.item}{f': {changed}' if changed and self.how == 'changed' else ''}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """What an import added, changed and left as it was: counts by kind of thing; `warnings` is what to look at.

    `faults` are the rows that were not taken, `items` what changed, one by one.
    """

    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    faults: tuple[RowFault, ...] = ()
    items: tuple[ItemChange, ...] = ()

    @property
    def is_none(self) -> bool:
        """Say whether the register says already what the file says."""
        return not (self.added or self.changed or self.items)


def counted(outcomes: Counter[tuple[str, str]]) -> dict[str, dict[str, int]]:
    """Sort outcomes by kind into what was added, changed and left."""
    return {
        outcome: {what: count for (what, how), count in sorted(outcomes.items()) if how == outcome and count}
        for outcome in ("added", "changed", "left")
    }


def folded(changes: Iterable[RegisterChange]) -> tuple[ItemChange, ...]:
    """Make one change of each item out of all that were noted of it, in the order of kinds and items.

    >>> folded([])
    ()
    """
    first: dict[tuple[str, str], dict[str, Any] | None] = {}
    last: dict[tuple[str, str], dict[str, Any] | None] = {}
    for one in changes:
        first.setdefault((one.kind, one.item), one.before)
        last[one.kind, one.item] = one.said
    made = (item_change(kind, item, first[kind, item], said) for (kind, item), said in sorted(last.items()))
    return tuple(one for one in made if one is not None)


def item_change(kind: str, item: str, before: dict[str, Any] | None, said: dict[str, Any] | None) -> ItemChange | None:
    """Compare what was said of an item with what is said of it now; None where that is the same."""
    if before == said:
        return None
    if said is None:
        return ItemChange(kind=kind, item=item, how="removed")
    old = before or {}
    names = [name for name in {**old, **said} if old.get(name) != said.get(name)]
    fields = {name: (old.get(name), said.get(name)) for name in sorted(names)}
    return ItemChange(kind=kind, item=item, how="added" if before is None else "changed", fields=fields)


def lines_of(difference: Difference, file: str, *, most: int = _MOST_SHOWN) -> list[str]:
    """Say a difference for a person: the counts, the faults with their places, and the items, as many as are wanted."""
    parts = {"added": difference.added, "changed": difference.changed, "left": difference.left}
    lines = [
        f"{how}: {', '.join(f'{count} {what}' for what, count in counts.items()) or 'nothing'}"
        for how, counts in parts.items()
    ]
    lines += [f"look at this: {one}" for one in difference.warnings]
    lines += [fault_line(one, file) for one in difference.faults[:most]]
    lines += [one.line for one in difference.items[:most]]
    hidden = sum(max(0, len(part) - most) for part in (difference.faults, difference.items))
    return [*lines, *([f"… and {hidden} more; --json has them all"] if hidden else [])]


def fault_line(fault: RowFault, file: str) -> str:
    """Say what is wrong with a row, where, and the mend."""
    place = ", ".join(part for part in (file, fault.origin.place) if part)
    return f"not taken: {place}: {fault.what}; {fault.mend}"


def _shown(value: Any) -> str:
    return "–" if value in (None, "", []) else str(value)
