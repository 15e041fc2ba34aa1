"""Where each asset stands on the twin: where the register puts it, the others below, in layers along their feeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from grafana.twin.layers import layers, parts
from storage.views.twin import TwinAsset

CARD_HEIGHT_PX = 142
GAP_PX = 44
_WIDEST, _NARROWEST = 0.205, 0.10
_COLUMNS = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """An asset's place: `left` and `width` as shares of the drawing's width, `top_px` in pixels."""

    asset: TwinAsset
    left: float
    width: float
    top_px: int

    @property
    def middle(self) -> float:
        """Return the middle, as a share of the drawing's width."""
        return self.left + self.width / 2


@dataclass(frozen=True, kw_only=True, slots=True)
class CardLayout:
    """All cards of one canvas, `height_px` high."""

    cards: tuple[Card, ...]
    height_px: int


def lay_out(assets: Sequence[TwinAsset]) -> CardLayout:
    """Place every asset so that no card covers another.

    `x` and `y` are kept, stretched downwards until the rows have room; an asset without them, or on top of one
    placed before, goes to the rows below.
    """
    width = _card_width(assets)
    stretch_px = _stretch_px(assets)
    cards: list[Card] = []
    homeless: list[TwinAsset] = []
    for asset in assets:
        card = _where_asked(asset, width, stretch_px)
        if card is None or any(_cover(card, other) for other in cards):
            homeless.append(asset)
        else:
            cards.append(card)
    cards += _in_layers(homeless, below_px=_bottom_px(cards))
    return CardLayout(cards=tuple(cards), height_px=_bottom_px(cards))


def _card_width(assets: Sequence[TwinAsset]) -> float:
    apart = _smallest_step(asset.x for asset in assets)
    return max(_NARROWEST, min(_WIDEST, apart * 0.82))


def _stretch_px(assets: Sequence[TwinAsset]) -> float:
    apart = _smallest_step(asset.y for asset in assets)
    return min(4000.0, max(400.0, (CARD_HEIGHT_PX + GAP_PX) / apart))


def _smallest_step(values: Iterable[float | None]) -> float:
    """Return the smallest difference that is meant as one: 0.05 or more, 1 where there is none."""
    known = sorted({value for value in values if value is not None})
    return min((after - before for before, after in pairwise(known) if after - before >= 0.05), default=1.0)


def _where_asked(asset: TwinAsset, width: float, stretch_px: float) -> Card | None:
    if asset.x is None or asset.y is None:
        return None
    left = min(max(asset.x, 0.0), 1.0 - width)
    top_px = round(min(max(asset.y, 0.0), 1.0) * stretch_px)
    return Card(asset=asset, left=left, width=width, top_px=top_px)


def _cover(one: Card, other: Card) -> bool:
    beside = abs(one.left - other.left) >= one.width
    apart = abs(one.top_px - other.top_px) >= CARD_HEIGHT_PX
    return not (beside or apart)


def _in_layers(assets: Sequence[TwinAsset], *, below_px: int) -> list[Card]:
    """Lay assets out from left to right along their feeds, from `below_px` downwards."""
    by_number = {asset.asset_id: asset for asset in assets}
    columns = [row for found in _lines_of(assets) for row in _columns_of(found)]
    step = 1.0 / max(len(columns[0]) if columns else 1, _COLUMNS)
    cards: list[Card] = []
    for row, numbers in enumerate(columns):
        cards += [
            Card(
                asset=by_number[one],
                left=step * place + step * 0.09,
                width=step * 0.82,
                top_px=below_px + (CARD_HEIGHT_PX + GAP_PX) * row,
            )
            for place, one in enumerate(numbers)
            if one is not None
        ]
    return cards


def _lines_of(assets: Sequence[TwinAsset]) -> list[list[list[int]]]:
    """Return the layers of each line that is so long that it is folded, and those of all others together."""
    feeds = {asset.asset_id: asset.feeds for asset in assets}
    alone, together = [], []
    for numbers in parts(list(feeds), feeds):
        found = layers(numbers, feeds)
        if len(found) > _COLUMNS:
            alone.append(found)
        else:
            together += numbers
    return [*alone, layers(sorted(together, key=list(feeds).index), feeds)]


def _columns_of(found: Sequence[Sequence[int]]) -> list[list[int | None]]:
    """Return rows of places, a column a layer: where there are too few layers or too many, the whole is folded.

    >>> _columns_of([[1, 2, 3, 4, 5, 6]])
    [[1, 2, 3, 4], [5, 6, None, None]]
    >>> _columns_of([[1], [2], [3], [4], [5]])
    [[1, 2, 3, 4], [5, None, None, None]]
    """
    rows: list[list[int | None]] = []
    for first in range(0, len(found), _COLUMNS):
        band = found[first : first + _COLUMNS]
        beside = max(1, _COLUMNS // len(band))  # so many columns has each layer
        height = max(ceil(len(layer) / beside) for layer in band)
        for row in range(height):
            places: list[int | None] = []
            for layer in band:
                part = list(layer[row * beside : (row + 1) * beside])
                places += [*part, *[None] * (beside - len(part))]
            rows.append([*places, *[None] * (_COLUMNS - len(places))])
    return rows


def _bottom_px(cards: Sequence[Card]) -> int:
    return max((card.top_px for card in cards), default=-CARD_HEIGHT_PX) + CARD_HEIGHT_PX + (GAP_PX if cards else 0)
