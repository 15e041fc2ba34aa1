"""The map of a large site: a tile an area, in the colour of its worst asset; a click leads to the area's drawing."""

from __future__ import annotations

from collections.abc import Sequence

from grafana.languages import DashboardLanguage
from grafana.links import CARRIED
from grafana.twin.areas import Drawing
from grafana.twin.canvas import MUTED, WHITE, Box, Json, TextStyle, element, value, words

_COLUMNS = 4
_TILE_PX, _GAP_PX = 74, 12
_HEAD_PX = 26


def map_height_px(drawings: Sequence[Drawing]) -> int:
    """Return the height of the map."""
    return -(-len(drawings) // _COLUMNS) * (_TILE_PX + _GAP_PX)


def tile_field(place: int, what: str) -> str:
    """Name the column of a tile: `rank` or `says`."""
    return f"t{place:d} {what}"


def map_row(drawings: Sequence[Drawing], language: DashboardLanguage = DashboardLanguage.ENGLISH) -> str:
    """Return the SQL of the map's one wide row; assets are named by their numbers.

    Assets are counted by tile first: so each is looked at once, not once for each column.

    >>> print(map_row([]))
    SELECT 1 AS nothing
    """
    if not drawings:
        return "SELECT 1 AS nothing"
    columns = ",\n    ".join(
        f'max({column}) FILTER (WHERE place = {place:d}) AS "{tile_field(place, column)}"'
        for place in range(len(drawings))
        for column in ("rank", "says")
    )
    rows = ", ".join(f"({_numbers(drawing)}, {place})" for place, drawing in enumerate(drawings))
    return f"SELECT\n    {columns}\nFROM (\n{_tiles_sql(rows, language)}\n) AS tile"


def _numbers(drawing: Drawing) -> str:
    return "'{" + ",".join(f"{asset.asset_id:d}" for asset in drawing.assets) + "}'::integer[]"


def _tiles_sql(rows: str, language: DashboardLanguage) -> str:
    """Return a row a tile: its worst rank, and what is the matter in words, or how many assets are well."""
    counted = {"in alarm": "word = 'alarm'", "watched": "word = 'watch'", "silent": "is_silent"}
    said = ", ".join(
        f"nullif(count(*) FILTER (WHERE {condition}), 0) || ' {language.text(text)}'"
        for text, condition in counted.items()
    )
    assets = f"count(*) || ' {language.text('assets')}'"
    lines = [
        "    SELECT",
        "        place, max(rank) AS rank,",
        f"        coalesce(nullif(concat_ws(' · ', {said}), ''), {assets}) AS says",
        f"    FROM (VALUES {rows}) AS drawn (asset_ids, place)",
        "    CROSS JOIN unnest(asset_ids) AS one (asset_id)",
        "    JOIN watch.health USING (asset_id)",
        "    GROUP BY place",
    ]
    return "\n".join(lines)


def tiles(drawings: Sequence[Drawing], whole_px: int, language: DashboardLanguage) -> list[Json]:
    """Return the elements of all tiles."""
    return [part for place, drawing in enumerate(drawings) for part in _tile(place, drawing, whole_px, language)]


def _tile(place: int, drawing: Drawing, whole_px: int, language: DashboardLanguage) -> list[Json]:
    """Draw a tile with three elements: each costs a browser as much as a panel's text."""
    step = 100.0 / _COLUMNS
    left = round(step * (place % _COLUMNS) + step * 0.05, 3)
    box = Box(
        left=left,
        right=round(100.0 - left - step * 0.9, 3),
        top_px=(_TILE_PX + _GAP_PX) * (place // _COLUMNS) + _GAP_PX // 2,
        height_px=_TILE_PX,
        whole_px=whole_px,
    )
    name = f"tile {place}"
    colour: Json = {"field": tile_field(place, "rank"), "fixed": MUTED}
    title = drawing.area + (f" {drawing.part}" if drawing.part else "")
    head = box.part(top_px=0, height_px=_HEAD_PX)
    body = box.part(start=0.04, end=0.96, top_px=_HEAD_PX, height_px=_TILE_PX - _HEAD_PX)
    return [
        words(f"{name} title", _fitting(title), head, _title_style(title), background={"color": colour}),
        value(f"{name} says", tile_field(place, "says"), body, TextStyle(size=12, align="center")),
        _cover(drawing, title, box, colour, language),
    ]


def _title_style(title: str) -> TextStyle:
    size = 14 if len(title) <= 8 else 11 if len(title) <= 11 else 9
    return TextStyle(size=size, align="center", colour=WHITE)


def _fitting(title: str) -> str:
    return title.replace(" ", "\N{NO-BREAK SPACE}") if len(title) <= 16 else title[:15] + "…"


def _cover(drawing: Drawing, title: str, box: Box, colour: Json, language: DashboardLanguage) -> Json:
    """Lay what takes the click over the tile, with a border in the tile's colour."""
    url = language.address(f"/d/{drawing.uid}?{CARRIED}")
    link = {"title": language.text("Its assets"), "url": url, "targetBlank": False, "oneClick": True}
    name = f"{drawing.site} · {title}"
    return element(name, "rectangle", box, {}, links=[link], border={"color": colour, "width": 1})
