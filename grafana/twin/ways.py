"""How the line of each feed runs: straight where it is free, else around the cards, through the gaps between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from grafana.twin.canvas import Anchor
from grafana.twin.layout import CARD_HEIGHT_PX, GAP_PX, Card

Point = tuple[float, float]
"""A share of the drawing's width, and pixels from its top."""

_ASIDE = 0.05  # of a card's width: so far beside it a line turns; there is a tenth of it between two columns
_LANES_PX = (0, 7, -7, 14, -14)
_HAIR = 1e-6


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedLine:
    """A line from one card to another: where it begins and ends on them, and where it turns."""

    source: Card
    target: Card
    start: Anchor
    end: Anchor
    bends: tuple[Point, ...] = ()

    @property
    def points(self) -> list[Point]:
        """Return where it begins, turns and ends."""
        return [_point(self.source, self.start), *self.bends, _point(self.target, self.end)]

    def crossed(self, cards: Sequence[Card]) -> int:
        """Count the cards over which it runs, other than those that it joins."""
        others = [card for card in cards if card not in (self.source, self.target)]
        return sum(any(_meets(part, card) for part in pairwise(self.points)) for card in others)


def ways_of(cards: Sequence[Card]) -> list[FeedLine]:
    """Find a way for each feed between two of the cards; lines in the same gap run beside one another."""
    by_number = {card.asset.asset_id: card for card in cards}
    taken: Counter[int] = Counter()
    return [
        _way(card, by_number[to], cards, taken)
        for card in cards
        for to in card.asset.feeds
        if to in by_number and to != card.asset.asset_id
    ]


def _way(source: Card, target: Card, cards: Sequence[Card], taken: Counter[int]) -> FeedLine:
    straight = _straight(source, target)
    if not straight.crossed(cards):
        return straight
    lowest_px = max(card.top_px for card in cards) + CARD_HEIGHT_PX + GAP_PX
    for gap_px in _gaps_px(source, target):
        if 0 < gap_px < lowest_px:
            way = _around(source, target, gap_px, taken[gap_px])
            if not way.crossed(cards):
                taken[gap_px] += 1
                return way
    return straight


def _straight(source: Card, target: Card) -> FeedLine:
    """Join the side of `source` that is nearest to `target` to the side of that which is nearest to `source`."""
    start: Anchor
    end: Anchor
    if target.left >= source.left + source.width:
        start, end = (1, 0), (-1, 0)
    elif source.left >= target.left + target.width:
        start, end = (-1, 0), (1, 0)
    elif target.top_px > source.top_px:
        start, end = (0, -1), (0, 1)
    else:
        start, end = (0, 1), (0, -1)
    return FeedLine(source=source, target=target, start=start, end=end)


def _gaps_px(source: Card, target: Card) -> Iterator[int]:
    """Yield the middles of the gaps above and below both cards, the likeliest first."""
    for card in (target, source):
        yield card.top_px - GAP_PX // 2
        yield card.top_px + CARD_HEIGHT_PX + GAP_PX // 2


def _around(source: Card, target: Card, gap_px: int, lane: int) -> FeedLine:
    """Leave at the right, run along a gap, and come in from the left."""
    aside = _ASIDE + 0.02 * (lane % 3)
    out, into = source.left + source.width * (1 + aside), target.left - target.width * aside
    along_px = gap_px + _LANES_PX[lane % len(_LANES_PX)]
    start, end = (1, 0), (-1, 0)
    (_, out_px), (_, into_px) = _point(source, start), _point(target, end)
    bends = ((out, out_px), (out, along_px), (into, along_px), (into, into_px))
    return FeedLine(source=source, target=target, start=start, end=end, bends=bends)


def _point(card: Card, anchor: Anchor) -> Point:
    x, y = anchor
    return card.middle + x * card.width / 2, card.top_px + CARD_HEIGHT_PX / 2 - y * CARD_HEIGHT_PX / 2


def _meets(line: tuple[Point, Point], card: Card) -> bool:
    """Say whether a line runs over a card; along its edge does not count (Liang and Barsky, 1984)."""
    (x, y), (to_x, to_y) = line
    first, last = 0.0, 1.0
    for start, step, low, high in (
        (x, to_x - x, card.left + _HAIR, card.left + card.width - _HAIR),
        (y, to_y - y, card.top_px + _HAIR, card.top_px + CARD_HEIGHT_PX - _HAIR),
    ):
        if abs(step) < _HAIR:
            if not low < start < high:
                return False
            continue
        enters, leaves = sorted(((low - start) / step, (high - start) / step))
        first, last = max(first, enters), min(last, leaves)
    return first < last
