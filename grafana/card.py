"""One asset as a card of some elements: head, name, two values, a word, and what takes the click."""

from __future__ import annotations

from collections.abc import Mapping

from grafana.canvas import MUTED, TRANSPARENT, WHITE, Box, Json, TextStyle, connection, element, fixed, value, words
from grafana.colours import UNKNOWN
from grafana.layout import CARD_HEIGHT_PX, Card
from grafana.links import asset_url
from storage.views.twin import KeySignal, TwinAsset

MOST_VALUES = 2
_HEAD_PX = 32
_INSET = {"start": 0.04, "end": 0.96}


def asset_field(asset: TwinAsset, what: str) -> str:
    """Name the column that holds an asset's `rank` (which colours it), `health` in percent or `status`."""
    return f"a{asset.asset_id:d} {what}"


def value_field(signal: KeySignal) -> str:
    """Name the column that holds a signal's newest value."""
    return f"s{signal.signal_id:d} value"


def draw(card: Card, cards: Mapping[int, Card]) -> list[Json]:
    """Return the card's elements; lines run to those of `cards` that the asset feeds."""
    left = round(100 * card.left, 3)
    right = round(100 - left - 100 * card.width, 3)
    box = Box(left=left, right=right, top_px=card.top_px, height_px=CARD_HEIGHT_PX)
    lines = [_line(card, cards[to]) for to in card.asset.feeds if to in cards]
    return [_plate(card.asset, box, lines), *_head(card.asset, box), *_body(card.asset, box), _cover(card.asset, box)]


def _plate(asset: TwinAsset, box: Box, lines: list[Json]) -> Json:
    border = {"color": _by_health(asset), "width": 1, "radius": 4}
    background = {"color": fixed("#80808026")}
    return element(_element(asset), "rectangle", box, {}, background=background, border=border, connections=lines)


def _head(asset: TwinAsset, box: Box) -> list[Json]:
    """Draw the tag and the percent on the colour of the asset's health."""
    name, head = _element(asset), box.part(top_px=0, height_px=_HEAD_PX)
    rounded = {"color": fixed(TRANSPARENT), "radius": 4}
    tag = head.part(start=0.04, end=0.72, top_px=0, height_px=_HEAD_PX)
    percent = head.part(start=0.6, end=0.96, top_px=0, height_px=_HEAD_PX)
    style = TextStyle(size=16, align="right", colour=WHITE)
    return [
        element(f"{name} head", "rectangle", head, {}, background={"color": _by_health(asset)}, border=rounded),
        words(f"{name} tag", _short(asset.tag, 16), tag, TextStyle(size=16, colour=WHITE)),
        value(f"{name} health", asset_field(asset, "health"), percent, style),
    ]


def _body(asset: TwinAsset, box: Box) -> list[Json]:
    name = _element(asset)
    title, status = box.part(**_INSET, top_px=34, height_px=24), box.part(**_INSET, top_px=108, height_px=22)
    parts = [words(f"{name} name", _short(asset.name, 28), title, TextStyle(size=13))]
    for number, signal in enumerate(asset.key_signals[:MOST_VALUES]):
        line = box.part(**_INSET, top_px=58 + 25 * number, height_px=24)
        parts += _value(f"{name} value {number + 1}", signal, line)
    return [*parts, value(f"{name} status", asset_field(asset, "status"), status, TextStyle(size=12, colour=MUTED))]


def _value(name: str, signal: KeySignal, line: Box) -> list[Json]:
    label = line.part(end=0.62, top_px=0, height_px=line.height_px)
    figure = line.part(start=0.4, top_px=0, height_px=line.height_px)
    return [
        words(f"{name} label", _short(signal.name, 20), label, TextStyle(size=11, colour=MUTED)),
        value(name, value_field(signal), figure, TextStyle(size=14, align="right")),
    ]


def _cover(asset: TwinAsset, box: Box) -> Json:
    """Lay what takes the click over everything; Grafana shows its name, so it has the one that people use."""
    link = {"title": "its series", "url": asset_url(str(asset.asset_id)), "targetBlank": False, "oneClick": True}
    return element(f"{asset.tag} · {asset.name}", "rectangle", box, {}, links=[link])


def _line(card: Card, other: Card) -> Json:
    """Join two cards at the sides that face each other."""
    name = _element(other.asset)
    if other.left >= card.left + card.width:
        return connection(name, source=(1, 0), to=(-1, 0))
    if other.left + other.width <= card.left:
        return connection(name, source=(-1, 0), to=(1, 0))
    if other.top_px > card.top_px:
        return connection(name, source=(0, -1), to=(0, 1))
    return connection(name, source=(0, 1), to=(0, -1))


def _by_health(asset: TwinAsset) -> Json:
    return {"field": asset_field(asset, "rank"), "fixed": UNKNOWN}


def _element(asset: TwinAsset) -> str:
    return f"asset {asset.asset_id:d}"


def _short(text: str, most: int) -> str:
    """Cut a text to one line: its spaces do not break."""
    line = text if len(text) <= most else text[: most - 1].rstrip() + "…"
    return line.replace(" ", "\N{NO-BREAK SPACE}")
