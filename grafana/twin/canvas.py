"""The elements of a Canvas, as plain dictionaries: what the dashboard library is too old for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Json = dict[str, object]

TRANSPARENT, TEXT, MUTED, WHITE = "transparent", "text", "#8E949C", "#FFFFFF"


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A place: `left` and `right` are percents of the width kept free on either side, the rest pixels.

    `whole_px` is the height of the drawing: it is stretched with its panel, so pixels become parts of it.
    """

    left: float
    right: float
    top_px: int
    height_px: int
    whole_px: int

    def part(self, *, start: float = 0.0, end: float = 1.0, top_px: int, height_px: int) -> Box:
        """Return a part of this box, from `start` to `end` as shares of its width.

        >>> Box(left=10, right=70, top_px=5, height_px=50, whole_px=100).part(start=0.5, top_px=10, height_px=20)
        Box(left=20.0, right=70.0, top_px=15, height_px=20, whole_px=100)
        """
        width = 100.0 - self.left - self.right
        return Box(
            left=round(self.left + start * width, 3),
            right=round(self.right + (1.0 - end) * width, 3),
            top_px=self.top_px + top_px,
            height_px=height_px,
            whole_px=self.whole_px,
        )

    def placement(self) -> Json:
        """Return the place as Grafana stores it under the constraint `scale`: percents kept free on every side."""
        return {
            "left": self.left,
            "right": self.right,
            "top": round(100.0 * self.top_px / self.whole_px, 3),
            "bottom": round(100.0 * (self.whole_px - self.top_px - self.height_px) / self.whole_px, 3),
            "rotation": 0,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class TextStyle:
    """How text stands in its element."""

    size: int
    align: Literal["left", "center", "right"] = "left"
    colour: str = TEXT


def fixed(colour: str) -> Json:
    """Return a colour that does not depend on data."""
    return {"fixed": colour}


def element(name: str, kind: str, box: Box, config: Json, **more: object) -> Json:
    """Return an element with everything that Grafana wants spelled out; names must be unique in a canvas."""
    return {
        "name": name,
        "type": kind,
        "config": config,
        "constraint": {"horizontal": "scale", "vertical": "scale"},
        "placement": box.placement(),
        "background": {"color": fixed(TRANSPARENT)},
        "border": {"color": fixed(TRANSPARENT)},
        "connections": [],
        "links": [],
        **more,
    }


def words(name: str, text: str, box: Box, style: TextStyle, **more: object) -> Json:
    """Write a text that does not change."""
    return element(name, "rectangle", box, _text({"mode": "fixed", "fixed": text}, style), **more)


def value(name: str, field: str, box: Box, style: TextStyle, *, is_coloured: bool = False) -> Json:
    """Write a field's newest value, with the unit of its override; `is_coloured`: in the colour of its step."""
    config = _text({"mode": "field", "field": field, "fixed": ""}, style)
    if is_coloured:
        config["color"] = {"field": field, "fixed": style.colour}
    return element(name, "metric-value", box, config)


def icon(name: str, path: str, box: Box, colour: str) -> Json:
    """Draw one of Grafana's own icons."""
    config: Json = {"path": {"mode": "fixed", "fixed": path}, "fill": fixed(colour)}
    return element(name, "icon", box, config)


def _text(text: Json, style: TextStyle) -> Json:
    return {
        "align": style.align,
        "valign": "middle",
        "color": fixed(style.colour),
        "size": style.size,
        "text": text,
    }


Anchor = tuple[float, float]


def connections(target: str, flow: str, *, source: Anchor, to: Anchor, arrives: bool = True) -> list[Json]:
    """Return lines to the element `target`: one that runs while it flows, and one that stands, of which one is seen.

    One that arrives has an arrow.

    Grafana lets data colour a line but not stop it. Anchors are −1 to 1 from the middle, upwards and rightwards.
    """
    line: Json = {
        "source": {"x": source[0], "y": source[1]},
        "target": {"x": to[0], "y": to[1]},
        "targetName": target,
        "size": {"fixed": 2, "min": 1, "max": 10},
        "path": "straight",
    }
    running: Json = {
        **line,
        "color": {"field": f"{flow} runs", "fixed": TRANSPARENT},
        "lineStyle": {"style": "dashed", "animate": True},
        "direction": {"mode": "fixed", "fixed": "forward" if arrives else "none"},
    }
    standing: Json = {
        **line,
        "color": {"field": f"{flow} stands", "fixed": TRANSPARENT},
        "lineStyle": {"style": "dashed", "animate": False},
        "direction": {"mode": "fixed", "fixed": "none"},
    }
    return [running, standing]


def field(name: str, *properties: tuple[str, object]) -> Json:
    """Return what holds for one field, by its name."""
    return _rule({"id": "byName", "options": name}, properties)


def fields(ending: str, *properties: tuple[str, object]) -> Json:
    """Return what holds for all fields whose names end so.

    >>> fields(" life", ("decimals", 0))["matcher"]
    {'id': 'byRegexp', 'options': '/ life$/'}
    """
    return _rule({"id": "byRegexp", "options": f"/{ending}$/"}, properties)


def _rule(matcher: Json, properties: tuple[tuple[str, object], ...]) -> Json:
    return {"matcher": matcher, "properties": [{"id": key, "value": setting} for key, setting in properties]}
