"""Where each asset stands on the twin: where the register puts it, or in a free row below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from storage.views.twin import TwinAsset

CARD_HEIGHT_PX = 134
_GAP_PX = 44
_WIDEST, _NARROWEST = 0.205, 0.10
_COLUMNS = 4
_LEFT_MARGIN = 0.022


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
    cards += _rows(homeless, below_px=_bottom_px(cards))
    return CardLayout(cards=tuple(cards), height_px=_bottom_px(cards))


def _card_width(assets: Sequence[TwinAsset]) -> float:
    apart = _smallest_step(asset.x for asset in assets)
    return max(_NARROWEST, min(_WIDEST, apart * 0.82))


def _stretch_px(assets: Sequence[TwinAsset]) -> float:
    apart = _smallest_step(asset.y for asset in assets)
    return min(4000.0, max(400.0, (CARD_HEIGHT_PX + _GAP_PX) / apart))


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


def _rows(assets: Sequence[TwinAsset], *, below_px: int) -> list[Card]:
    """Lay assets out in rows of equal length, from `below_px` downwards."""
    if not assets:
        return []
    columns = min(len(assets), _COLUMNS)
    columns = ceil(len(assets) / ceil(len(assets) / columns))
    step = 1.0 / max(columns, _COLUMNS)
    return [
        Card(
            asset=asset,
            left=_LEFT_MARGIN + step * (number % columns),
            width=_WIDEST,
            top_px=below_px + (CARD_HEIGHT_PX + _GAP_PX) * (number // columns),
        )
        for number, asset in enumerate(assets)
    ]


def _bottom_px(cards: Sequence[Card]) -> int:
    return max((card.top_px for card in cards), default=-CARD_HEIGHT_PX) + CARD_HEIGHT_PX + (_GAP_PX if cards else 0)
