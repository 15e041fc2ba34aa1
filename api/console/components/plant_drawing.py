"""Where each machine stands on the drawing, and the pipes between them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.views.overview import AssetView

_MOST_COLUMNS = 6
_SAME = 0.04  # places nearer than this share a column or a row


@dataclass(frozen=True, kw_only=True, slots=True)
class Pipe:
    """A line between two machines, in percent of the drawing from the top left."""

    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def middle(self) -> tuple[float, float]:
        """Return the place half way."""
        return (self.x1 + self.x2) / 2, (self.y1 + self.y2) / 2


@dataclass(frozen=True, kw_only=True, slots=True)
class PlantDrawing:
    """A grid of machines: (column, row) by tag, counted from 0."""

    columns: int
    rows: int
    cells: dict[str, tuple[int, int]]
    pipes: tuple[Pipe, ...]


def place(assets: Sequence[AssetView]) -> PlantDrawing | None:
    """Put the assets that have an x and a y on a grid; None where none has, two share a place, or it is too wide."""
    placed = [asset for asset in assets if asset.x is not None and asset.y is not None]
    if not placed:
        return None
    columns, rows = tracks([a.x for a in placed if a.x is not None]), tracks([a.y for a in placed if a.y is not None])
    cells = {a.asset: (columns[a.x], rows[a.y]) for a in placed if a.x is not None and a.y is not None}
    width, depth = max(columns.values()) + 1, max(rows.values()) + 1
    if len(set(cells.values())) < len(placed) or width > _MOST_COLUMNS:
        return None
    pipes = tuple(
        _pipe(cells[asset.asset], cells[fed], width, depth) for asset in placed for fed in asset.feeds if fed in cells
    )
    return PlantDrawing(columns=width, rows=depth, cells=cells, pipes=pipes)


def tracks(places: Sequence[float]) -> dict[float, int]:
    """Number the columns (or rows) that places fall into; neighbours closer than 4 % share one.

    >>> tracks([0.8, 0.1, 0.12, 0.4])
    {0.1: 0, 0.12: 0, 0.4: 1, 0.8: 2}
    """
    numbered: dict[float, int] = {}
    start, track = None, -1
    for spot in sorted(set(places)):
        if start is None or spot - start >= _SAME:
            start, track = spot, track + 1
        numbered[spot] = track
    return numbered


def _pipe(source: tuple[int, int], target: tuple[int, int], columns: int, rows: int) -> Pipe:
    (x1, y1), (x2, y2) = _centre(source, columns, rows), _centre(target, columns, rows)
    return Pipe(x1=x1, y1=y1, x2=x2, y2=y2)


def _centre(cell: tuple[int, int], columns: int, rows: int) -> tuple[float, float]:
    return 100 * (cell[0] + 0.5) / columns, 100 * (cell[1] + 0.5) / rows
