"""Labels with QR codes to print, for a site, an area or one asset; a code leads to the asset's page for a phone."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

import segno
from nicegui import run, ui

from api.console.components.elements import box, heading, mark, words
from api.console.components.frame import empty, framed
from api.console.components.lists.filters import Filters, Pages
from api.console.components.lists.reading import ListReading
from api.console.texts.texts import named
from api.console.visit import Visit
from api.parts import Parts
from plant.errors import AssetloopError
from plant.escaped import escaped
from storage.views.alert_list import AlertPlace, places
from storage.views.finding_things import FoundAsset, assets_to_label

_MOST = 100
Labelled = tuple[list[FoundAsset], int]


async def show(visit: Visit) -> None:
    """Draw the page."""
    await visit.settle()
    with framed(visit, visit.t("labels")):
        try:
            found = await run.io_bound(_places, visit.parts)
        except AssetloopError:
            found = []
        await LabelSheet(visit, found or []).reading.begin()


class LabelSheet:
    """The labels; what they are for stands in the address."""

    def __init__(self, visit: Visit, found: Sequence[AlertPlace]) -> None:
        self._visit = visit
        self._filters = Filters(visit)
        self.reading = ListReading(visit, read=self._read, show=self._show, seen=lambda _: None)
        with box("spread unprinted"):
            with box("title"):
                heading(visit.t("labels"))
                words(visit.t("labels_hint"), "muted")
            with mark(box("button", tag="button"), "print") as button:
                words(visit.t("print"))
            button.on("click", lambda: ui.run_javascript("window.print()"))
        with box("filters unprinted"):
            self._filters.choice("site", {one.site: (one.name or one.site, one.name_zh) for one in found})
            areas = {one.area: (one.area, "") for one in found if one.area}
            if areas:
                self._filters.choice("area", areas)
            self._filters.text("asset", "asset")
        self._room = box("labels", testid="labels")
        with box("unprinted"):
            self._pages = Pages(visit, self._filters, size=_MOST)
        self._filters.on_change = self.reading.again

    def _read(self, parts: Parts) -> Labelled:
        ask = self._filters
        with parts.database.transaction() as tx:
            return assets_to_label(
                tx, site=ask.of("site"), area=ask.of("area"), asset=ask.of("asset"), most=_MOST, skip=self._pages.skip
            )

    def _show(self, found: Labelled) -> None:
        visit, (assets, total) = self._visit, found
        self._pages.show(len(assets), total)
        self._room.clear()
        with self._room:
            if not assets:
                empty(visit.t("labels_none"), "qr_code_2")
            for one in assets:
                self._label(one)

    def _label(self, one: FoundAsset) -> None:
        """Draw one label in one piece: a hundred of them are a page."""
        visit, way = self._visit, way_to(one.site, one.asset)
        name = named(visit.language, one.name, one.name_zh)
        lines = (
            ("tag", one.asset),
            ("small", name if name != one.asset else ""),
            ("small muted", " · ".join(part for part in (one.site, one.area) if part)),
        )
        said = "".join(f'<div class="{classes}">{escape(escaped(line))}</div>' for classes, line in lines)
        opens = f'<a class="plain-link small unprinted" href="{escape(way)}">{escape(visit.t("label_open"))}</a>'
        code = f'<div class="code">{code_of(visit.origin + way)}</div>'
        label = ui.html(f'{code}<div class="label-text">{said}{opens}</div>', sanitize=False)
        mark(label.classes("label"), f"label-{one.asset}")


def way_to(site: str, tag: str) -> str:
    """Return the address of an asset's page for a phone.

    >>> way_to("north", "P-101/A")
    '/at/north/P-101%2FA'
    """
    return f"/at/{quote(site, safe='')}/{quote(tag, safe='')}"


def code_of(address: str) -> str:
    """Draw an address as a QR code that still reads with 15 % of it spoilt.

    >>> code_of("http://127.0.0.1:8080/at/north/P-101").startswith("<svg")
    True
    """
    return str(segno.make(address, error="m", micro=False).svg_inline(omitsize=True, border=2))


def _places(parts: Parts) -> list[AlertPlace]:
    with parts.database.transaction() as tx:
        return places(tx)
