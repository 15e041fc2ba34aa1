"""The map of a large site: a tile an area, in the colour of its worst asset; a click leads to the area's drawing."""

from __future__ import annotations

from collections.abc import Sequence

from grafana.languages import DashboardLanguage
from grafana.links import CARRIED
from grafana.twin.areas import Drawing
from grafana.twin.canvas import MUTED, TRANSPARENT, WHITE, Box, Json, TextStyle, element, field, fixed, value, words

_COLUMNS = 4
_TILE_PX, _GAP_PX = 92, 16


def map_height_px(drawings: Sequence[Drawing]) -> int:
    """Return the height of the map."""
    return -(-len(drawings) // _COLUMNS) * (_TILE_PX + _GAP_PX)


def tile_field(place: int, what: str) -> str:
    """Name the column of a tile: `rank`, `alarms`, `watched` or `silent`."""
    return f"t{place:d} {what}"


def map_row(drawings: Sequence[Drawing]) -> str:
    """Return the SQL of the map's one wide row; assets are named by their numbers.

    >>> print(map_row([]))
    SELECT 1 AS nothing
    """
    if not drawings:
        return "SELECT 1 AS nothing"
    columns = [column for place in range(len(drawings)) for column in _columns(place)]
    rows = ", ".join(
        f"({asset.asset_id:d}, {place})" for place, drawing in enumerate(drawings) for asset in drawing.assets
    )
    joined = ",\n    ".join(columns)
    return f"SELECT\n    {joined}\nFROM watch.health\nJOIN (VALUES {rows}) AS drawn (asset_id, place) USING (asset_id)"


def _columns(place: int) -> list[str]:
    counted = {"alarms": "word = 'alarm'", "watched": "word = 'watch'", "silent": "is_silent"}
    return [
        f'max(rank) FILTER (WHERE place = {place:d}) AS "{tile_field(place, "rank")}"',
        *[
            f'count(*) FILTER (WHERE place = {place:d} AND {condition}) AS "{tile_field(place, what)}"'
            for what, condition in counted.items()
        ],
    ]


def tiles(drawings: Sequence[Drawing], whole_px: int, language: DashboardLanguage) -> list[Json]:
    """Return the elements of all tiles."""
    return [part for place, drawing in enumerate(drawings) for part in _tile(place, drawing, whole_px, language)]


def _tile(place: int, drawing: Drawing, whole_px: int, language: DashboardLanguage) -> list[Json]:
    step = 100.0 / _COLUMNS
    left = round(step * (place % _COLUMNS) + step * 0.05, 3)
    box = Box(
        left=left,
        right=round(100.0 - left - step * 0.9, 3),
        top_px=(_TILE_PX + _GAP_PX) * (place // _COLUMNS) + _GAP_PX // 2,
        height_px=_TILE_PX,
        whole_px=whole_px,
    )
    name, head = f"tile {place}", box.part(top_px=0, height_px=26)
    colour: Json = {"field": tile_field(place, "rank"), "fixed": MUTED}
    title = drawing.area + (f" {drawing.part}" if drawing.part else "")
    return [
        element(
            f"{name} plate", "rectangle", box, {}, background={"color": fixed("#80808026")}, border={"color": colour}
        ),
        element(f"{name} head", "rectangle", head, {}, background={"color": colour}),
        words(f"{name} title", _fitting(title), head.part(start=0.04, top_px=0, height_px=26), _title_style(title)),
        *[
            _line(f"{name} {what}", tile_field(place, what), box, 28 + 21 * row)
            for row, what in enumerate(("alarms", "watched", "silent"))
        ],
        _cover(drawing, title, box, language),
    ]


def _line(name: str, of: str, box: Box, top_px: int) -> Json:
    return value(name, of, box.part(start=0.05, end=0.97, top_px=top_px, height_px=20), TextStyle(size=11))


def _title_style(title: str) -> TextStyle:
    return TextStyle(size=14 if len(title) <= 8 else 11 if len(title) <= 11 else 9, colour=WHITE)


def _fitting(title: str) -> str:
    return title.replace(" ", "\N{NO-BREAK SPACE}") if len(title) <= 16 else title[:15] + "…"


def _cover(drawing: Drawing, title: str, box: Box, language: DashboardLanguage) -> Json:
    url = language.address(f"/d/{drawing.uid}?{CARRIED}")
    link = {"title": language.text("Its assets"), "url": url, "targetBlank": False, "oneClick": True}
    name = f"{drawing.site} · {title}"
    return element(name, "rectangle", box, {}, links=[link], border={"color": fixed(TRANSPARENT)})


def tile_overrides(place: int, language: DashboardLanguage, rank: Json) -> list[Json]:
    """Return how the columns of a tile look; `rank` is how its colour is made."""
    suffixes = {"alarms": "in alarm", "watched": "watched", "silent": "silent"}
    counts = [
        field(tile_field(place, what), ("unit", f"suffix: {language.text(text)}"), ("decimals", 0))
        for what, text in suffixes.items()
    ]
    return [rank, *counts]
