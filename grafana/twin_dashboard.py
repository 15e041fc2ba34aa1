"""The dashboard *Digital twin*: a Canvas drawn from the register, one for each site."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from math import ceil

from grafana.canvas import TRANSPARENT, Json, field, fixed
from grafana.card import MOST_VALUES, asset_field, draw, value_field
from grafana.colours import RANK_STEPS, thresholds_json
from grafana.layout import lay_out
from grafana.links import TWIN_UID
from grafana.sql import SOURCE_TYPE, SOURCE_UID, target
from storage.views.twin import Twin, TwinAsset

MOST_ASSETS = 300  # five columns each, and PostgreSQL gives a row no more than 1,664
_HINT = "No asset is registered yet: `assetloop register import plant.toml`."


def twin_dashboard(twin: Twin) -> Json:
    """Build the dashboard. Tags and names are only ever texts in it: its SQL holds numbers alone."""
    return {
        "uid": TWIN_UID,
        "title": "Digital twin",
        "tags": ["assetloop"],
        "schemaVersion": 42,
        "editable": False,
        "graphTooltip": 0,
        "refresh": "5s",
        "time": {"from": "now-1h", "to": "now"},
        "timezone": "browser",
        "templating": {"list": []},
        "annotations": {"list": []},
        "links": [_others()],
        "panels": _panels(twin.assets) or [_hint()],
    }


def wide_row(assets: Sequence[TwinAsset]) -> str:
    """Return the SQL of the one wide row; assets and signals are named by their numbers.

    >>> asset = TwinAsset(asset_id=5, site="s", site_name="S", tag="') --", name="", x=None, y=None)
    >>> print(wide_row([asset]))
    SELECT
        max(rank) FILTER (WHERE asset_id = 5) AS "a5 rank",
        max(health_percent) FILTER (WHERE asset_id = 5) AS "a5 health",
        max(status) FILTER (WHERE asset_id = 5) AS "a5 status"
    FROM watch.twin
    """
    columns = [column for asset in assets for column in _columns(asset)]
    return "SELECT\n    " + ",\n    ".join(columns) + "\nFROM watch.twin"


def _columns(asset: TwinAsset) -> list[str]:
    of_asset = [
        f'max({column}) FILTER (WHERE asset_id = {asset.asset_id:d}) AS "{asset_field(asset, name)}"'
        for column, name in (("rank", "rank"), ("health_percent", "health"), ("status", "status"))
    ]
    of_signals = [
        f'max(value) FILTER (WHERE signal_id = {signal.signal_id:d}) AS "{value_field(signal)}"'
        for signal in asset.key_signals[:MOST_VALUES]
    ]
    return of_asset + of_signals


def _panels(assets: Sequence[TwinAsset]) -> list[Json]:
    panels: list[Json] = []
    top = 0
    for number, (_, group) in enumerate(groupby(assets, key=lambda asset: asset.site), start=1):
        panel, height = _canvas(number, list(group), top)
        panels.append(panel)
        top += height
    return panels


def _canvas(number: int, assets: list[TwinAsset], top: int) -> tuple[Json, int]:
    shown = assets[:MOST_ASSETS]
    left_out = f" ({len(shown)} of {len(assets)} assets)" if len(shown) < len(assets) else ""
    layout = lay_out(shown)
    height = ceil((layout.height_px + 20) / 38)
    cards = {card.asset.asset_id: card for card in layout.cards}
    panel: Json = {
        "id": number,
        "type": "canvas",
        "title": f"{shown[0].site_name}{left_out}",
        "pluginVersion": "12.4.0",
        "gridPos": {"h": height, "w": 24, "x": 0, "y": top},
        "datasource": {"type": SOURCE_TYPE, "uid": SOURCE_UID},
        "targets": [target(wide_row(shown))],
        "fieldConfig": {
            "defaults": {},
            "overrides": [override for asset in shown for override in _overrides(asset)],
        },
        "options": {
            "inlineEditing": False,
            "showAdvancedTypes": False,
            "panZoom": False,
            "infinitePan": False,
            "root": _root([part for card in layout.cards for part in draw(card, cards)]),
        },
    }
    return panel, height


def _root(elements: list[Json]) -> Json:
    return {
        "name": "root",
        "type": "frame",
        "background": {"color": fixed(TRANSPARENT)},
        "border": {"color": fixed(TRANSPARENT)},
        "constraint": {"horizontal": "left", "vertical": "top"},
        "placement": {"left": 0, "top": 0, "width": 100, "height": 100, "rotation": 0},
        "elements": elements,
    }


def _overrides(asset: TwinAsset) -> list[Json]:
    coloured = field(
        asset_field(asset, "rank"), ("color", {"mode": "thresholds"}), ("thresholds", thresholds_json(RANK_STEPS))
    )
    health = field(asset_field(asset, "health"), ("unit", "percent"), ("decimals", 0), ("noValue", "–"))
    signals = [
        field(value_field(signal), ("unit", grafana_unit(signal.unit)), ("noValue", "–"))
        for signal in asset.key_signals[:MOST_VALUES]
    ]
    return [coloured, health, *signals]


def grafana_unit(unit: str) -> str:
    """Return Grafana's name for a unit; its own scaling (k, M) never applies to a unit of ours.

    >>> grafana_unit("mm/s"), grafana_unit("°C"), grafana_unit("%"), grafana_unit("")
    ('suffix: mm/s', 'suffix: °C', 'suffix:%', 'none')
    """
    if not unit:
        return "none"
    return f"suffix:{unit}" if unit == "%" else f"suffix: {unit}"


def _others() -> Json:
    return {
        "title": "Others",
        "type": "dashboards",
        "tags": ["assetloop"],
        "asDropdown": False,
        "includeVars": False,
        "keepTime": True,
        "targetBlank": False,
        "icon": "",
        "tooltip": "",
        "url": "",
    }


def _hint() -> Json:
    return {
        "id": 1,
        "type": "text",
        "title": "",
        "gridPos": {"h": 4, "w": 24, "x": 0, "y": 0},
        "options": {"mode": "markdown", "content": _HINT},
    }
