"""The dashboards *Digital twin*: a Canvas for each drawing, made from the register, and the map of a large site."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from grafana.board import carried_variables
from grafana.colours import RANK_STEPS, UNKNOWN, Steps, thresholds_json
from grafana.languages import DashboardLanguage, translated
from grafana.links import TWIN_UID
from grafana.sql import SOURCE_TYPE, SOURCE_UID, target
from grafana.twin.area_map import map_height_px, map_row, tiles
from grafana.twin.areas import Drawing, sites_of
from grafana.twin.canvas import MUTED, TRANSPARENT, Box, Json, TextStyle, field, fields, fixed, words
from grafana.twin.card import MOST_VALUES, asset_field, draw, value_field
from grafana.twin.layout import lay_out
from grafana.twin.ways import ways_of
from storage.views.twin import KeySignal, Twin, TwinAsset

_HINT = "No asset is registered yet: `assetloop register import plant.toml`."
_LEGEND = "⚒ work order · ☾ shelved · ⚙ commissioning · ✕ not heard"
_LEGEND_PX = 24
_ROW_PX, _BORDER_PX = 38, 46
_MANY = 1000.0  # from here on a decimal would not fit a telephone, and says nothing
_FLOWS = "semi-dark-blue"
_RUNS: Steps = ((None, TRANSPARENT), (2.0, _FLOWS))
_STANDS: Steps = ((None, UNKNOWN), (1.0, "dark-orange"), (2.0, TRANSPARENT))


def twin_dashboards(twin: Twin, language: DashboardLanguage) -> dict[str, Json]:
    """Build the dashboards, each by the name of its file. Tags and names are only ever texts in them."""
    first: list[Json] = []
    found: dict[str, Json] = {}
    for drawings in sites_of(twin.assets):
        if len(drawings) == 1:
            first.append(_canvas(drawings[0], language))
            continue
        first.append(_map(drawings, language))
        for drawing in drawings:
            title = f"{_site_name(drawing, language)} · {drawing.area}" + (f" {drawing.part}" if drawing.part else "")
            found[drawing.uid] = _dashboard(title, drawing.uid, [_canvas(drawing, language)], language, is_part=True)
    title = language.text("Digital twin")
    return {"digital-twin": _dashboard(title, TWIN_UID, _stacked(first) or [_hint(language)], language), **found}


def wide_row(assets: Sequence[TwinAsset], language: DashboardLanguage = DashboardLanguage.ENGLISH) -> str:
    """Return the SQL of the one wide row; assets and signals are named by their numbers.

    >>> asset = TwinAsset(asset_id=5, site="s", site_name="S", tag="') --", name="", x=None, y=None)
    >>> print(wide_row([asset]))
    SELECT
        max(rank) FILTER (WHERE asset_id = 5) AS "a5 rank",
        max(health_percent) FILTER (WHERE asset_id = 5) AS "a5 health",
        max(status) FILTER (WHERE asset_id = 5) AS "a5 status",
        max(badges) FILTER (WHERE asset_id = 5) AS "a5 badges",
        max(life_days) FILTER (WHERE asset_id = 5) AS "a5 life"
    FROM watch.twin
    WHERE asset_id IN (5)
    """
    columns = [column for asset in assets for column in _columns(asset, language)]
    numbers = ", ".join(f"{asset.asset_id:d}" for asset in assets)
    return "SELECT\n    " + ",\n    ".join(columns) + f"\nFROM watch.twin\nWHERE asset_id IN ({numbers})"


def _columns(asset: TwinAsset, language: DashboardLanguage) -> list[str]:
    shown = [
        ("rank", "rank"),
        ("health_percent", "health"),
        (language.choose("status", "status_zh"), "status"),
        ("badges", "badges"),
        ("life_days", "life"),
    ]
    if asset.feeds:
        shown += [("flow", "flow runs"), ("flow", "flow stands")]
    of_asset = [
        f'max({column}) FILTER (WHERE asset_id = {asset.asset_id:d}) AS "{asset_field(asset, name)}"'
        for column, name in shown
    ]
    of_signals = [
        f'max(value) FILTER (WHERE signal_id = {signal.signal_id:d}) AS "{value_field(signal)}"'
        for signal in asset.key_signals[:MOST_VALUES]
    ]
    return of_asset + of_signals


def _canvas(drawing: Drawing, language: DashboardLanguage) -> Json:
    assets = drawing.assets
    layout = lay_out(assets)
    whole_px = layout.height_px + _LEGEND_PX
    ways = ways_of(layout.cards)
    legend = Box(left=1, right=1, top_px=layout.height_px, height_px=_LEGEND_PX, whole_px=whole_px)
    return _panel(
        _site_name(drawing, language) + (f" · {drawing.area}" if drawing.area else ""),
        whole_px,
        wide_row(assets, language),
        _overrides(assets),
        [
            *[
                part
                for card in layout.cards
                for part in draw(card, [way for way in ways if way.source is card], whole_px, language)
            ],
            words("legend", language.text(_LEGEND), legend, TextStyle(size=10, colour=MUTED)),
        ],
    )


def _map(drawings: Sequence[Drawing], language: DashboardLanguage) -> Json:
    height_px = map_height_px(drawings)
    overrides = [_stepped(" rank", RANK_STEPS), fields(" says", ("noValue", "–"))]
    parts = tiles(drawings, height_px, language)
    return _panel(_site_name(drawings[0], language), height_px, map_row(drawings, language), overrides, parts)


def _panel(title: str, height_px: int, sql: str, overrides: list[Json], parts: list[Json]) -> Json:
    return {
        "id": 1,
        "type": "canvas",
        "title": title,
        "pluginVersion": "12.4.0",
        "gridPos": {"h": ceil((height_px + _BORDER_PX) / _ROW_PX), "w": 24, "x": 0, "y": 0},
        "datasource": {"type": SOURCE_TYPE, "uid": SOURCE_UID},
        "targets": [target(sql)],
        "fieldConfig": {"defaults": {}, "overrides": overrides},
        "options": {
            "inlineEditing": False,
            "showAdvancedTypes": False,
            "panZoom": False,
            "infinitePan": False,
            "root": {
                "name": "root",
                "type": "frame",
                "background": {"color": fixed(TRANSPARENT)},
                "border": {"color": fixed(TRANSPARENT)},
                "constraint": {"horizontal": "left", "vertical": "top"},
                "placement": {"left": 0, "top": 0, "width": 100, "height": 100, "rotation": 0},
                "elements": parts,
            },
        },
    }


def _stacked(panels: Sequence[Json]) -> list[Json]:
    """Number panels and put each below the one before."""
    stacked: list[Json] = []
    top = 0
    for number, panel in enumerate(panels, start=1):
        grid = dict(panel["gridPos"])  # type: ignore[call-overload]
        stacked.append({**panel, "id": number, "gridPos": {**grid, "y": top}})
        top += grid["h"]
    return stacked


def _overrides(assets: Sequence[TwinAsset]) -> list[Json]:
    """Return how columns look: one rule for what all assets have, since a browser tries each rule on each column."""
    return [
        _stepped(" rank", RANK_STEPS),
        fields(" health", ("unit", "percent"), ("decimals", 0), ("noValue", "–")),
        fields(" life", ("unit", "suffix: d"), ("decimals", 0), ("noValue", "–")),
        fields(" badges", ("noValue", " ")),
        _stepped(" flow runs", _RUNS),
        _stepped(" flow stands", _STANDS),
        *[_signal(signal) for asset in assets for signal in asset.key_signals[:MOST_VALUES]],
    ]


def _signal(signal: KeySignal) -> Json:
    """Show a value in the colour of alarm beyond its limits."""
    steps: list[tuple[float | None, str]] = [(None, "text")]
    if signal.low is not None:
        steps = [(None, "semi-dark-red"), (signal.low, "text")]
    if signal.high is not None:
        steps.append((signal.high, "semi-dark-red"))
    return field(
        value_field(signal),
        ("unit", grafana_unit(signal.unit)),
        ("noValue", "–"),
        ("decimals", 0 if signal.high is not None and signal.high >= _MANY else 1),
        ("color", {"mode": "thresholds"}),
        ("thresholds", thresholds_json(tuple(steps))),
    )


def _stepped(ending: str, steps: Steps) -> Json:
    return fields(ending, ("color", {"mode": "thresholds"}), ("thresholds", thresholds_json(steps)))


def grafana_unit(unit: str) -> str:
    """Return Grafana's name for a unit; its own scaling (k, M) never applies to a unit of ours.

    >>> grafana_unit("mm/s"), grafana_unit("°C"), grafana_unit("%"), grafana_unit("")
    ('suffix: mm/s', 'suffix: °C', 'suffix:%', 'none')
    """
    if not unit:
        return "none"
    return f"suffix:{unit}" if unit == "%" else f"suffix: {unit}"


def _site_name(drawing: Drawing, language: DashboardLanguage) -> str:
    return language.choose(drawing.assets[0].site_name, drawing.assets[0].site_name_zh)


def _dashboard(title: str, uid: str, panels: list[Json], language: DashboardLanguage, *, is_part: bool = False) -> Json:
    """Make a dashboard; a part of the plant is found by way of the map, not among the links."""
    tag = "assetloop-part" if is_part else "assetloop"
    return {
        "uid": uid,
        "title": title,
        "tags": [tag],
        "schemaVersion": 42,
        "editable": False,
        "graphTooltip": 0,
        "refresh": "5s",
        "time": {"from": "now-1h", "to": "now"},
        "templating": {"list": translated(carried_variables(), language, console_url="")},
        "annotations": {"list": []},
        "links": [_others(language)],
        "panels": panels,
    }


def _others(language: DashboardLanguage) -> Json:
    return {
        "title": language.text("Others"),
        "type": "dashboards",
        "tags": ["assetloop"],
        "asDropdown": False,
        "includeVars": True,
        "keepTime": True,
        "targetBlank": False,
        "icon": "",
        "tooltip": "",
        "url": "",
    }


def _hint(language: DashboardLanguage) -> Json:
    return {
        "id": 1,
        "type": "text",
        "title": "",
        "gridPos": {"h": 4, "w": 24, "x": 0, "y": 0},
        "options": {"mode": "markdown", "content": language.text(_HINT)},
    }
