"""What an import changed: counted by kind of thing, and item by item with each field before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from lifecycle.importing.facts import RowFault
from storage.register.register_changes import PutByFile, RegisterChange

How = Literal["added", "changed", "removed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemChange:
    """One item that is another now; `fields` hold what each said before and says after."""

    kind: str
    item: str
    how: How
    fields: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """What an import added, changed and left as it was: counts by kind of thing; `warnings` is what to look at.

    `faults` are the rows that were not taken, `items` what changed, one by one. `missing` is what an earlier version of
    the file put there and this one no longer names; `retired` says that it was retired.
    """

    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    faults: tuple[RowFault, ...] = ()
    items: tuple[ItemChange, ...] = ()
    missing: tuple[PutByFile, ...] = ()
    retired: bool = False

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


def as_document(difference: Difference, *, most: int | None) -> dict[str, Any]:
    """Say a difference as JSON: counts, and of what it lists the first ones, with how many there are in all."""
    return {
        "added": difference.added,
        "changed": difference.changed,
        "left": difference.left,
        "warnings": list(difference.warnings[:most]),
        "faults": [
            {"sheet": one.origin.sheet, "row": one.origin.row, "what": one.what, "mend": one.mend}
            for one in difference.faults[:most]
        ],
        "items": [
            {"kind": one.kind, "item": one.item, "how": one.how, "fields": dict(one.fields)}
            for one in difference.items[:most]
        ],
        "missing": [
            {"kind": one.kind, "item": one.item, "asset": one.asset, "signal": one.key}
            for one in difference.missing[:most]
        ],
        "retired": difference.retired,
        "in_all": {name: len(getattr(difference, name)) for name in ("warnings", "faults", "items", "missing")},
    }
