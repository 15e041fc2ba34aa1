"""An asset on the phone of who stands before it: report a fault with a photo, tick the steps of its orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from nicegui import run
from nicegui.element import Element

from api.console.components.elements import box, chip, heading, link, words
from api.console.components.failure_report import report_button
from api.console.components.frame import empty, filling, framed
from api.console.components.orders.offline_work import OfflineWork
from api.console.components.orders.order_rows import what
from api.console.components.orders.tasks import tasks_card
from api.console.order_evidence import OrderWork, work_of
from api.console.visit import Visit
from api.parts import Parts
from plant.errors import AssetloopError, NotFound
from plant.work_order import WorkOrder
from storage.views import overview
from storage.views.overview import AssetView
from storage.work import orders

_MOST = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class MachineBefore:
    """An asset, and its open orders with what is to be done, the most urgent first."""

    asset: AssetView
    orders: Sequence[tuple[WorkOrder, OrderWork]]


async def show(visit: Visit, site: str, tag: str) -> None:
    """Draw the page."""
    await visit.settle()
    with framed(visit, tag):
        room = filling(visit, box("stack machine-page", testid="machine-page"))
        await MachinePage(visit, site, tag, room, OfflineWork(visit)).read()


class MachinePage:
    """The page's middle; read again when something was done here."""

    def __init__(self, visit: Visit, site: str, tag: str, room: Element, offline: OfflineWork) -> None:
        self._visit, self._site, self._tag, self._room, self._offline = visit, site, tag, room, offline

    async def read(self) -> None:
        """Read and draw."""
        visit = self._visit
        try:
            found = await run.io_bound(read_machine, visit.parts, self._site, self._tag)
        except NotFound:
            self._say(visit.t("not_there", what=self._tag), "search_off")
            return
        except AssetloopError:
            self._say(visit.t("away_first"), "cloud_off")
            return
        if found is not None:
            self._draw(found)

    def _say(self, said: str, sign: str) -> None:
        self._room.clear()
        with self._room, box("card"):
            empty(said, sign)

    def _draw(self, found: MachineBefore) -> None:
        visit, asset = self._visit, found.asset
        self._offline.put([(order, work.tasks) for order, work in found.orders], asset)
        self._room.clear()
        with self._room:
            with box("line"):
                heading(f"{asset.asset} {visit.name(asset)}".rstrip())
                chip(visit.word("health", asset.health.value), asset.health.value)
            with box("line"):
                report_button(visit, asset.site, asset.asset)
                with link(f"/assets/{quote(asset.site, safe='')}/{quote(asset.asset, safe='')}", "button quiet"):
                    words(visit.t("all_of_asset"))
            if not found.orders:
                with box("card"):
                    empty(visit.t("no_open_order_here"), "assignment_turned_in")
            for order, work in found.orders:
                with box("stack", testid=f"at-{order.number}"):
                    with box("line"):
                        with link(f"/work-orders/{order.number}", "plain-link strong"):
                            words(f"{order.number} {what(visit, order)}")
                        chip(visit.word("state", order.state.value), "accent")
                    tasks_card(visit, order, work, self.read)


def read_machine(parts: Parts, site: str, tag: str) -> MachineBefore:
    """Read an asset and its open orders.

    Raises:
        NotFound: there is no such asset.
        Unavailable: the database is away.
    """
    with parts.database.transaction() as tx:
        asset = overview.get_asset(tx, site, tag, now=parts.clock.now())
        standing = sorted(orders.open_orders(tx, asset.asset_id), key=lambda one: (one.priority, one.requested_finish))
        return MachineBefore(asset=asset, orders=[(one, work_of(tx, one)) for one in standing[:_MOST]])
