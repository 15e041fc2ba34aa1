"""How a table's column, or a series, looks: what the library leaves to plain values."""

from __future__ import annotations

from collections.abc import Mapping

from grafana_foundation_sdk.models.dashboard import DynamicConfigValue as Property

from grafana.colours import UNKNOWN, Steps, mappings_json, thresholds_json
from grafana.links import asset_url, console_url
from grafana.words import Words

Look = list[Property]
Looks = Mapping[str, Look]


def hidden() -> Look:
    """Keep the column from sight; links may still use it."""
    return [Property("custom.hidden", value=True)]


def leads_to_asset(width: int = 90) -> Look:
    """Make the cell a link to the asset's series; the row has a column `asset_id`."""
    return [*_link("Its series", asset_url("${__data.fields.asset_id}")), *wide(width)]


def leads_to_order(width: int = 110) -> Look:
    """Make the cell, an order's number, a link to the order in the console."""
    return [*_link("In the console", console_url("/work-orders/${__value.text}")), *wide(width)]


def leads_to_project(width: int = 140) -> Look:
    """Make the cell, a project's tag, a link to the project in the console."""
    return [*_link("In the console", console_url("/handover/${__value.text}")), *wide(width)]


def leads_to_console(width: int = 110) -> Look:
    """Make the cell a link to the asset in the console; the row has columns `site` and `asset`."""
    return [
        *_link("In the console", console_url("/assets/${__data.fields.site}/${__data.fields.asset}")),
        *wide(width),
    ]


def _link(title: str, url: str) -> Look:
    return [Property("links", value=[{"title": title, "url": url, "targetBlank": False}])]


def wide(pixels: int) -> Look:
    """Give the column a width."""
    return [Property("custom.width", value=pixels)]


def least(pixels: int) -> Look:
    """Give the column what room the others leave, and no less than so many pixels."""
    return [Property("custom.minWidth", value=pixels)]


def moment() -> Look:
    """Write a time of these days to the minute."""
    return [Property("unit", value="time:MM-DD HH:mm"), *wide(105)]


def day() -> Look:
    """Write the day of a time that may be years ago."""
    return [Property("unit", value="time:YYYY-MM-DD"), *wide(100)]


def duration(width: int) -> Look:
    """Write seconds as `3 d 04:05:06`, which reads the same in every language."""
    return [Property("unit", value="dtdhms"), *wide(width)]


def part(width: int, decimals: int = 0) -> Look:
    """Write a part of 1 in percent."""
    return [Property("unit", value="percentunit"), Property("decimals", value=decimals), *wide(width)]


def figure(width: int, unit: str = "none", decimals: int = 1) -> Look:
    """Write a number with its unit."""
    return [Property("unit", value=unit), Property("decimals", value=decimals), *wide(width)]


def words(said: Words, width: int = 110) -> Look:
    """Fill the cell with the colour of its word."""
    nothing = {"match": "null", "result": {"text": "–", "color": UNKNOWN, "index": len(said)}}
    mappings = [*mappings_json(said), {"type": "special", "options": nothing}]
    return [Property("mappings", value=mappings), _filled(), *wide(width)]


def meanings(said: Words) -> Look:
    """Show what people read instead of the record's words."""
    return [Property("mappings", value=mappings_json(said))]


def growing(said: Words, pixels: int) -> Look:
    """Show what people read, in what room the other columns leave, and no less than so many pixels."""
    return [*meanings(said), *least(pixels)]


def named(said: Words, width: int = 110) -> Look:
    """Show what people read instead of the record's words, without colours."""
    return [*meanings(said), *wide(width)]


def bar(steps: Steps, unit: str, most: float) -> Look:
    """Draw the number as a bar, from 0 to `most`, in the colour of its step."""
    return [
        Property("unit", value=unit),
        Property("min", value=0),
        Property("max", value=most),
        Property("decimals", value=0),
        Property("color", value={"mode": "thresholds"}),
        Property("thresholds", value=thresholds_json(steps)),
        Property("custom.cellOptions", value={"type": "gauge", "mode": "basic", "valueDisplayMode": "text"}),
        *wide(130),
    ]


def limits(name: str) -> Look:
    """Draw a series as a dashed line that stands for a limit."""
    return [
        Property("displayName", value=name),
        Property("custom.lineStyle", value={"fill": "dash", "dash": [8, 6]}),
        Property("color", value={"mode": "fixed", "fixedColor": "semi-dark-orange"}),
        Property("custom.fillOpacity", value=0),
    ]


def coloured(colour: str) -> Look:
    """Give a series a colour."""
    return [Property("color", value={"mode": "fixed", "fixedColor": colour})]


def right_axis(unit: str) -> Look:
    """Put a series on an axis of its own at the right."""
    return [Property("custom.axisPlacement", value="right"), Property("unit", value=unit)]


def _filled() -> Property:
    return Property("custom.cellOptions", value={"type": "color-background", "mode": "basic"})
