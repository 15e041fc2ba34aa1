"""One asset as a card: head with icon and tag, health, two values, a word, badges; it takes the click.

A card is some 70 px wide on a telephone, so it says nothing that does not fit there. Pointing at it tells its name.
"""

from __future__ import annotations

from collections.abc import Sequence

from grafana.colours import UNKNOWN
from grafana.languages import DashboardLanguage
from grafana.links import asset_url
from grafana.twin.canvas import (
    MUTED,
    TRANSPARENT,
    WHITE,
    Box,
    Json,
    TextStyle,
    connections,
    element,
    fixed,
    icon,
    value,
    words,
)
from grafana.twin.icons import icon_of
from grafana.twin.layout import CARD_HEIGHT_PX, Card
from grafana.twin.ways import FeedLine
from storage.views.twin import KeySignal, TwinAsset

MOST_VALUES = 2
_HEAD_PX = 26
_INSET = {"start": 0.05, "end": 0.95}
_MOST_TAG = 12


def asset_field(asset: TwinAsset, what: str) -> str:
    """Name the column of an asset: `rank` colours it, `health`, `life`, `status` and `badges` are shown."""
    return f"a{asset.asset_id:d} {what}"


def value_field(signal: KeySignal) -> str:
    """Name the column that holds a signal's newest value."""
    return f"s{signal.signal_id:d} value"


def draw(card: Card, ways: Sequence[FeedLine], whole_px: int, language: DashboardLanguage) -> list[Json]:
    """Return the card's elements; `ways` are the lines that begin at it."""
    left = round(100 * card.left, 3)
    right = round(100 - left - 100 * card.width, 3)
    box = Box(left=left, right=right, top_px=card.top_px, height_px=CARD_HEIGHT_PX, whole_px=whole_px)
    begun, bends = [], []
    for way in ways:
        lines, elements = _drawn(way, whole_px)
        begun += lines
        bends += elements
    return [
        *bends,
        _plate(card.asset, box, begun),
        *_head(card.asset, box),
        *_body(card.asset, box),
        _cover(card.asset, box, language),
    ]


def _plate(asset: TwinAsset, box: Box, lines: list[Json]) -> Json:
    border = {"color": _by_health(asset), "width": 1, "radius": 4}
    background = {"color": fixed("#80808026")}
    return element(_element(asset), "rectangle", box, {}, background=background, border=border, connections=lines)


def _head(asset: TwinAsset, box: Box) -> list[Json]:
    """Draw the icon and the tag on the colour of the asset's health."""
    name, head = _element(asset), box.part(top_px=0, height_px=_HEAD_PX)
    rounded = {"color": fixed(TRANSPARENT), "radius": 4}
    sign = head.part(start=0.03, end=0.22, top_px=5, height_px=_HEAD_PX - 10)
    tag = head.part(start=0.24, end=1.0, top_px=0, height_px=_HEAD_PX)
    size = 14 if len(asset.tag) <= 6 else 11 if len(asset.tag) <= 8 else 8
    return [
        element(f"{name} head", "rectangle", head, {}, background={"color": _by_health(asset)}, border=rounded),
        icon(f"{name} icon", icon_of(asset.asset_class), sign, WHITE),
        words(f"{name} tag", _short(asset.tag, _MOST_TAG), tag, TextStyle(size=size, colour=WHITE)),
    ]


def _body(asset: TwinAsset, box: Box) -> list[Json]:
    name = _element(asset)

    def line(top_px: int, *, start: float = 0.05, end: float = 0.95, height_px: int = 20) -> Box:
        return box.part(start=start, end=end, top_px=top_px, height_px=height_px)

    small, right = TextStyle(size=11, colour=MUTED), TextStyle(size=11, align="right", colour=MUTED)
    parts = [
        value(f"{name} health", asset_field(asset, "health"), line(28, end=0.5), small),
        value(f"{name} life", asset_field(asset, "life"), line(28, start=0.5), right),
    ]
    for number, signal in enumerate(asset.key_signals[:MOST_VALUES]):
        style = TextStyle(size=11, align="right")
        parts.append(
            value(f"{name} value {number + 1}", value_field(signal), line(47 + 20 * number), style, is_coloured=True)
        )
    return [
        *parts,
        value(f"{name} status", asset_field(asset, "status"), line(88, height_px=34), TextStyle(size=11, colour=MUTED)),
        value(f"{name} badges", asset_field(asset, "badges"), line(122, height_px=18), TextStyle(size=12)),
    ]


def _cover(asset: TwinAsset, box: Box, language: DashboardLanguage) -> Json:
    """Lay what takes the click over everything; Grafana shows its name, so it has the one that people use."""
    url = language.address(asset_url(str(asset.asset_id)))
    link = {"title": language.text("Its series"), "url": url, "targetBlank": False, "oneClick": True}
    name = language.choose(asset.name, asset.name_zh)
    return element(f"{asset.tag} · {name}", "rectangle", box, {}, links=[link])


def _drawn(way: FeedLine, whole_px: int) -> tuple[list[Json], list[Json]]:
    """Return the lines that begin at the card, and elements nobody sees where they turn, stretched as all is."""
    flow, last = asset_field(way.source.asset, "flow"), len(way.bends)
    target = _element(way.target.asset)
    names = [f"{_element(way.source.asset)} to {target} {number}" for number in range(1, last + 1)]
    ends = [(0.0, 0.0)] * last
    parts = [
        connections(to, flow, source=start, to=end, arrives=number == last)
        for number, (to, start, end) in enumerate(
            zip([*names, target], [way.start, *ends], [*ends, way.end], strict=True)
        )
    ]
    bends = [
        element(name, "rectangle", _dot(x, y, whole_px), {}, connections=lines)
        for name, (x, y), lines in zip(names, way.bends, parts[1:], strict=True)
    ]
    return parts[0], bends


def _dot(x: float, y_px: float, whole_px: int) -> Box:
    left = round(100 * x - 0.05, 3)
    return Box(left=left, right=round(99.9 - left, 3), top_px=round(y_px) - 1, height_px=2, whole_px=whole_px)


def _by_health(asset: TwinAsset) -> Json:
    return {"field": asset_field(asset, "rank"), "fixed": UNKNOWN}


def _element(asset: TwinAsset) -> str:
    return f"asset {asset.asset_id:d}"


def _short(text: str, most: int) -> str:
    """Cut a text to one line: its spaces do not break."""
    line = text if len(text) <= most else text[: most - 1].rstrip() + "…"
    return line.replace(" ", "\N{NO-BREAK SPACE}")
