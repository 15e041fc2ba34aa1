"""How a table's column looks: what the library leaves to plain values."""

from __future__ import annotations

from grafana_foundation_sdk.models.dashboard import DynamicConfigValue as Property

from grafana.colours import Steps, mappings_json, thresholds_json
from grafana.links import asset_url


def hidden() -> list[Property]:
    """Keep the column from sight; links may still use it."""
    return [Property("custom.hidden", value=True)]


def leads_to_asset(width: int = 110) -> list[Property]:
    """Make the cell a link to the asset's series; the row has a column `asset_id`."""
    url = asset_url("${__data.fields.asset_id}")
    links = [{"title": "Its series", "url": url, "targetBlank": False}]
    return [Property("links", value=links), *wide(width)]


def wide(pixels: int) -> list[Property]:
    """Give the column a width."""
    return [Property("custom.width", value=pixels)]


def duration(width: int) -> list[Property]:
    """Write seconds as days and hours."""
    return [Property("unit", value="dtdurations"), Property("decimals", value=0), *wide(width)]


def part(width: int) -> list[Property]:
    """Write a part of 1 in percent."""
    return [Property("unit", value="percentunit"), Property("decimals", value=0), *wide(width)]


def words(colours: dict[str, str], width: int = 110) -> list[Property]:
    """Fill the cell with the colour of its word."""
    return [*meanings(colours), _filled(), *wide(width)]


def meanings(colours: dict[str, str]) -> list[Property]:
    """Give each word its colour."""
    return [Property("mappings", value=mappings_json(colours))]


def bar(steps: Steps, unit: str, most: float) -> list[Property]:
    """Draw the number as a bar, from 0 to `most`, in the colour of its step."""
    return [
        Property("unit", value=unit),
        Property("min", value=0),
        Property("max", value=most),
        Property("decimals", value=0),
        Property("color", value={"mode": "thresholds"}),
        Property("thresholds", value=thresholds_json(steps)),
        Property("custom.cellOptions", value={"type": "gauge", "mode": "basic", "valueDisplayMode": "text"}),
        *wide(170),
    ]


def seconds(width: int) -> list[Property]:
    """Write seconds as Grafana shortens them."""
    return [Property("unit", value="s"), Property("decimals", value=0), *wide(width)]


def _filled() -> Property:
    return Property("custom.cellOptions", value={"type": "color-background", "mode": "basic"})
