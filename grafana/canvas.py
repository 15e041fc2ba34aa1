"""The elements of a Canvas, as plain dictionaries: what the dashboard library is too old for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Json = dict[str, object]

TRANSPARENT, TEXT, MUTED, WHITE = "transparent", "text", "#8E949C", "#FFFFFF"


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A place: `left` and `right` are percents of the width kept free on either side, the rest pixels."""

    left: float
    right: float
    top_px: int
    height_px: int

    def part(self, *, start: float = 0.0, end: float = 1.0, top_px: int, height_px: int) -> Box:
        """Return a part of this box, from `start` to `end` as shares of its width.

        >>> Box(left=10, right=70, top_px=5, height_px=50).part(start=0.5, top_px=10, height_px=20)
        Box(left=20.0, right=70.0, top_px=15, height_px=20)
        """
        width = 100.0 - self.left - self.right
        return Box(
            left=round(self.left + start * width, 3),
            right=round(self.right + (1.0 - end) * width, 3),
            top_px=self.top_px + top_px,
            height_px=height_px,
        )


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
        "constraint": {"horizontal": "scale", "vertical": "top"},
        "placement": {
            "left": box.left,
            "right": box.right,
            "top": box.top_px,
            "height": box.height_px,
            "rotation": 0,
        },
        "background": {"color": fixed(TRANSPARENT)},
        "border": {"color": fixed(TRANSPARENT)},
        "connections": [],
        "links": [],
        **more,
    }


def words(name: str, text: str, box: Box, style: TextStyle, **more: object) -> Json:
    """Write a text that does not change."""
    return element(name, "rectangle", box, _text({"mode": "fixed", "fixed": text}, style), **more)


def value(name: str, field: str, box: Box, style: TextStyle) -> Json:
    """Write a field's newest value, with the unit of its override."""
    return element(name, "metric-value", box, _text({"mode": "field", "field": field, "fixed": ""}, style))


def _text(text: Json, style: TextStyle) -> Json:
    return {
        "align": style.align,
        "valign": "middle",
        "color": fixed(style.colour),
        "size": style.size,
        "text": text,
    }


def connection(target: str, *, source: tuple[int, int], to: tuple[int, int]) -> Json:
    """Return a running line to the element `target`; anchors are −1 to 1 from the middle, upwards and rightwards."""
    return {
        "source": {"x": source[0], "y": source[1]},
        "target": {"x": to[0], "y": to[1]},
        "targetName": target,
        "color": fixed("semi-dark-blue"),
        "size": {"fixed": 2, "min": 1, "max": 10},
        "path": "straight",
        "lineStyle": {"style": "dashed", "animate": True},
        "direction": {"mode": "fixed", "fixed": "forward"},
    }


def field(name: str, *properties: tuple[str, object]) -> Json:
    """Return what holds for one field, by its name."""
    return {
        "matcher": {"id": "byName", "options": name},
        "properties": [{"id": key, "value": setting} for key, setting in properties],
    }
