"""Find the heads of a table: in which row they stand, in one row or in two, under merged cells, with a row of units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from lifecycle.importing.tables.cells import text_of
from lifecycle.importing.tables.columns import TagColumn, known_column
from lifecycle.importing.tables.sheets import Cell, Sheet
from lifecycle.units import spelled
from plant.errors import Rejected

_MOST_BEFORE = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Heads:
    """The heads of a table; data begin in `first`, counted from 0. `units` are those of a row of their own."""

    names: tuple[str, ...]
    units: tuple[str, ...]
    row: int
    first: int


def find_heads(sheet: Sheet) -> Heads | None:
    """Find the heads of a tag list; None where no row has a head for tags."""
    rows = _filled(sheet)
    for at in range(min(len(rows), _MOST_BEFORE)):
        one = _heads(rows, at, depth=1)
        two = _heads(rows, at, depth=2) if at + 1 < len(rows) else None
        best = max((heads for heads in (one, two) if heads), key=_known, default=None)
        if best is not None and TagColumn.TAG in {known_column(name) for name in best.names}:
            return best
    return None


def _heads_at(sheet: Sheet, row: int, depth: int, tags: Collection[str]) -> Heads:
    """Return the heads that stand in a row, counted from 1, and in the one below where `depth` is 2."""
    rows = _filled(sheet, to=row + depth)
    found = _heads(rows, row - 1, depth=depth, mapped=tags) if row - 1 + depth <= len(rows) else None
    return found or Heads(names=(), units=(), row=row - 1, first=row - 1 + depth)


def heads_with(sheet: Sheet, tags: Collection[str], *, row: int, depth: int) -> Heads | None:
    """Find the heads among which one of `tags` is: in `row`, else further up or down; None where they are nowhere."""
    rows = range(1, min(len(sheet.rows), _MOST_BEFORE) + 1)
    for at in [row] * (row > 0) + [one for one in rows if one != row]:
        heads = _heads_at(sheet, at, depth, tags)
        if not heads.names and depth > 1:
            heads = _heads_at(sheet, at, 1, tags)
        if any(name in tags for name in heads.names):
            return heads
    return None


def _known(heads: Heads) -> tuple[int, int]:
    """Weigh heads: by how many are known, each kind once; then by how many rows they take."""
    kinds = Counter(known_column(name) for name in heads.names)
    return len([kind for kind in kinds if kind is not None]), heads.first


def _heads(rows: Sequence[Sequence[str]], at: int, *, depth: int, mapped: Collection[str] = ()) -> Heads | None:
    above, below = list(rows[at]), list(rows[at + 1]) if depth == 2 else []
    width = max(len(above), len(below))
    above += [""] * (width - len(above))
    below += [""] * (width - len(below))
    if not any(above) or (depth == 2 and not _is_second(above, below)):
        return None
    names = _once_each(
        top if not low or low == top else f"{top} / {low}" if top else low
        for top, low in zip(above, below, strict=True)
    )
    first = at + depth
    units = [_unit(cell) for cell in rows[first]] if first < len(rows) else []
    tags = [place for place, name in enumerate(names) if name in mapped or known_column(name) is TagColumn.TAG]
    below_heads = rows[first] if first < len(rows) else []
    is_units = (
        bool(tags) and any(units) and not any(below_heads[column] for column in tags if column < len(below_heads))
    )
    is_units = is_units and all(unit or not cell for unit, cell in zip(units, below_heads, strict=True))
    return Heads(names=names, units=tuple(units) if is_units else (), row=at, first=first + is_units)


def _once_each(names: Iterable[str]) -> tuple[str, ...]:
    """Tell heads of one name apart by their number.

    >>> _once_each(["Tag", "Remark", "", "Remark", ""])
    ('Tag', 'Remark', '', 'Remark (2)', '')
    """
    seen: Counter[str] = Counter()
    told = []
    for name in names:
        seen[name] += 1
        told.append(f"{name} ({seen[name]})" if name and seen[name] > 1 else name)
    return tuple(told)


def _is_second(above: Sequence[str], below: Sequence[str]) -> bool:
    """Say whether a row goes on with the heads above it: where tags stand it holds nothing, or a head again."""
    tags = [at for at, name in enumerate(above) if known_column(name) is TagColumn.TAG]
    if not tags:
        return any(known_column(name) is TagColumn.TAG for name in below) and any(above)
    under = [below[at] for at in tags]
    return (
        any(below)
        and all(not name or known_column(name) is TagColumn.TAG for name in under)
        and any(known_column(name) is not None for name in below if name)
    )


def _unit(cell: str) -> str:
    if not cell or any(digit.isdigit() for digit in cell[:1]):
        return ""
    try:
        return spelled(cell.strip("[]()（）【】"))
    except Rejected:
        return ""


def _filled(sheet: Sheet, *, to: int = 0) -> list[list[str]]:
    """Return the texts of the first rows, of those up to `to` too, merged cells filled with what they say."""
    rows: list[list[Cell]] = [list(row) for row in sheet.rows[: max(_MOST_BEFORE, to) + 3]]
    for (top, left), (bottom, right) in sheet.merged:
        if top < len(rows) and left < len(rows[top]):
            said = rows[top][left]
            for row in rows[top : bottom + 1]:
                for column in range(left, min(right + 1, len(row))):
                    row[column] = said
    return [[text_of(cell) for cell in row] for row in rows]
