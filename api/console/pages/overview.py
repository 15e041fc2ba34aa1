"""Now: five figures, by area what is wrong, what is due and who has it, and the machines in their places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from urllib.parse import quote, urlencode

from nicegui import ui
from nicegui.element import Element

from api.console.components.elements import Words, age, box, card, chip, heading, link, moment, number, score, words
from api.console.components.frame import empty, filling, framed
from api.console.components.lists.filters import Filters
from api.console.components.now.areas import Areas
from api.console.components.orders.order_rows import what
from api.console.components.plant_drawing import PlantDrawing, place
from api.console.components.tiles import Tiles
from api.console.texts.texts import named
from api.console.visit import Visit, changed
from api.console.watch import Picture
from plant.health import Health
from plant.work_order import WorkOrder
from storage.views.overview import AssetView, SignalView

_KEY_VALUES = 2
_MOST_CALLS = 6
_MOST_AT_ONCE = 60  # so many machines are drawn beside each other; of more only those of an area, page by page


async def show(visit: Visit) -> None:
    """Draw the page."""
    await visit.settle()
    with framed(visit, visit.t("nav_overview")):
        visit.follow(Tiles(visit).show)
        with box("halves"):
            with box("stack"):
                areas = Areas(visit, box("stack", testid="areas"))
                plants = box("stack")
            with card(visit.t("attention")):
                calls = box("calls")
        machines = Machines(visit, plants)
        visit.follow(machines.show)
        visit.follow(changed(partial(_calls, visit, filling(visit, calls)), _open_orders))
        await areas.begin()


def _open_orders(picture: Picture) -> tuple[tuple[WorkOrder, AssetView | None], ...] | None:
    """Return what calls for somebody, the most urgent first; None while it is not known."""
    if picture.at is None:
        return None
    open_orders = [order for order in picture.orders if order.state.is_open]
    open_orders.sort(key=lambda order: (order.acknowledged_at is not None, order.priority, -order.order_id))
    return tuple((order, _still(picture.asset(order.site, order.asset))) for order in open_orders[:_MOST_CALLS])


def _still(asset: AssetView | None) -> AssetView | None:
    """Take away what changes with every reading, so that a panel is not drawn anew for it."""
    return replace(asset, heard_at=None, newest=None, score=None, scored_at=None, signals=()) if asset else None


def _calls(visit: Visit, calls: Element, orders: Sequence[tuple[WorkOrder, AssetView | None]] | None) -> None:
    if orders is None:
        return
    calls.clear()
    with calls:
        for order, asset in orders:
            with link(
                f"/work-orders/{order.number}", f"call tone-{order.severity.value}", testid=f"call-{order.number}"
            ):
                with box("spread"):
                    words(order.asset, "tag clip")
                    chip(visit.word("severity", order.severity.value), order.severity.value)
                words(f"{what(visit, order)} · {visit.name(asset) or order.asset}", "clip")
                with box("line small muted"):
                    words(order.number)
                    moment(order.created_at)
                    words(visit.t("not_acknowledged" if order.acknowledged_at is None else "acknowledged"))
        if not orders:
            empty(visit.t("all_quiet"))


class Machines:
    """The machines, drawn once and then kept up to date; drawn anew when the register changes."""

    def __init__(self, visit: Visit, room: Element) -> None:
        self._visit = visit
        self._room = room
        self._drawn: object = None
        self._faces: dict[int, Face] = {}
        self._pages = AreaPages(visit)

    def show(self, picture: Picture) -> None:
        """Bring the drawing up to date."""
        assets = self._wanted(picture.assets)
        outline = [(a.asset_id, a.name, a.name_zh, a.x, a.y, a.feeds, len(a.signals)) for a in assets]
        if picture.counts is not None and outline != self._drawn:
            self._drawn = outline
            self._draw(assets, is_empty=not picture.assets)
        for asset in assets:
            self._faces[asset.asset_id].show(asset, picture)

    def _wanted(self, assets: Sequence[AssetView]) -> Sequence[AssetView]:
        """Return the machines to draw: those of the area in the address, or all where they are not too many."""
        asked = self._visit.asked
        if "site" in asked:
            area = asked.get("area", "")
            return self._pages.of([one for one in assets if (one.site, one.area) == (asked["site"], area)])
        return assets if len(assets) <= _MOST_AT_ONCE else ()

    def _draw(self, assets: Sequence[AssetView], *, is_empty: bool) -> None:
        self._room.clear()
        self._faces = {}
        with self._room:
            if "site" in self._visit.asked:
                with link("/", "plain-link small"):
                    words(f"← {self._visit.t('all_areas')}")
            if is_empty:
                with box("card"):
                    empty(self._visit.t("no_assets"), "precision_manufacturing", self._visit.t("no_assets_hint"))
            for site in dict.fromkeys(asset.site for asset in assets):
                self._draw_site([asset for asset in assets if asset.site == site])
            self._pages.show()

    def _draw_site(self, assets: Sequence[AssetView]) -> None:
        site = assets[0]
        heading(named(self._visit.language, site.site_name, site.site_name_zh) or site.site)
        drawing = place(assets)
        if drawing:
            with box("plant") as plant:
                plant.style(f"grid-template-columns: repeat({drawing.columns}, minmax(0, 1fr))")
                ui.html(_pipes(drawing), sanitize=False).style("display: contents")
                for asset in assets:
                    if asset.asset in drawing.cells:
                        column, row = drawing.cells[asset.asset]
                        self._cell(asset, f"grid-column: {column + 1}; grid-row: {row + 1}")
        apart = [asset for asset in assets if not drawing or asset.asset not in drawing.cells]
        if apart:
            with box("plant flow"):
                for asset in apart:
                    self._cell(asset, "")

    def _cell(self, asset: AssetView, place_on_grid: str) -> None:
        with box("cell").style(place_on_grid):
            self._faces[asset.asset_id] = Face(self._visit, asset)


class AreaPages:
    """Which of an area's machines are drawn; the page stands in the address."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._page = max(1, Filters(visit).number("page"))
        self._total = 0

    def of(self, assets: Sequence[AssetView]) -> Sequence[AssetView]:
        """Return those of the page."""
        self._total = len(assets)
        self._page = min(self._page, max(1, -(-self._total // _MOST_AT_ONCE)))
        first = (self._page - 1) * _MOST_AT_ONCE
        return assets[first : first + _MOST_AT_ONCE]

    def show(self) -> None:
        """Say which they are, and lead to the pages beside it."""
        if self._total <= _MOST_AT_ONCE:
            return
        visit, first = self._visit, (self._page - 1) * _MOST_AT_ONCE
        last = min(self._total, first + _MOST_AT_ONCE)
        with box("pages", testid="machine-pages"):
            words(visit.t("rows_some", first=first + 1, last=last, total=self._total), "small muted figures")
            for key, page in (("page_before", self._page - 1), ("page_after", self._page + 1)):
                if 1 <= page <= -(-self._total // _MOST_AT_ONCE):
                    with link(f"/?{urlencode({**visit.asked, 'page': page})}", "button quiet", testid=key):
                        words(visit.t(key))


_ARROW = (
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="4" refY="4" markerWidth="4.5" markerHeight="4.5" orient="auto">'
    '<path d="M0 0 8 4 0 8z"/></marker></defs>'
)


def _pipes(drawing: PlantDrawing) -> str:
    """Draw each pipe in two halves, an arrow where they meet: the ends lie under the machines."""
    lines = "".join(
        _line((pipe.x1, pipe.y1), pipe.middle, ' marker-end="url(#arrow)"') + _line(pipe.middle, (pipe.x2, pipe.y2))
        for pipe in drawing.pipes
    )
    return f'<svg class="pipes" aria-hidden="true">{_ARROW}{lines}</svg>'


def _line(start: tuple[float, float], end: tuple[float, float], marker: str = "") -> str:
    return f'<line x1="{start[0]:.2f}%" y1="{start[1]:.2f}%" x2="{end[0]:.2f}%" y2="{end[1]:.2f}%"{marker}/>'


class Face:
    """One machine's card; only what changed is sent to the browser."""

    def __init__(self, visit: Visit, asset: AssetView) -> None:
        self._visit = visit
        target = f"/assets/{quote(asset.site, safe='')}/{quote(asset.asset, safe='')}"
        with link(target, "machine", testid=f"asset-{asset.asset}") as self._card:
            with box("spread"):
                words(asset.asset, "tag clip")
                self._chip = chip("", "plain")
            words(visit.name(asset) or named(visit.language, asset.class_name, asset.class_name_zh), "muted small clip")
            with box("values"):
                self._values = [_readout(visit, signal) for signal in asset.signals[:_KEY_VALUES]]
            with box("gauge") as self._gauge:
                self._fill = box("fill")
                self._hint = ui.tooltip("")
        self._tone = ""

    def show(self, asset: AssetView, picture: Picture) -> None:
        """Bring the card up to date."""
        visit = self._visit
        said = visit.word("health", asset.health.value)
        if asset.health is Health.SILENT and asset.heard_at and picture.at:
            said = visit.t("silent_for", age=age(visit.language, (picture.at - asset.heard_at).total_seconds()))
        self._chip.set_text(said)
        if asset.health.value != self._tone:
            for element in (self._card, self._chip):
                element.classes(remove=f"tone-{self._tone or 'plain'}", add=f"tone-{asset.health.value}")
            self._tone = asset.health.value
        for label, signal in zip(self._values, asset.signals, strict=False):
            label.set_text(f"{number(signal.value)} {signal.unit}".rstrip())
            label.classes(add="outside" if signal.outside else "", remove="" if signal.outside else "outside")
        self._fill.style(f"width: {100 * (asset.score or 0):.0f}%")
        self._hint.set_text(visit.t("score_hint", score=score(asset.score)))


def _readout(visit: Visit, signal: SignalView) -> Words:
    with box("readout"):
        words(visit.signal_name(signal), "muted small clip").props["title"] = visit.signal_name(signal)
        return words("", "value")
