"""One work order with its evidence: who says so, which signals show it, and what they did around the window."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from nicegui import run
from nicegui.element import Element

from alerts.orders.commands import acknowledge_order
from api.console.components.charts import charts
from api.console.components.charts.chart_view import ChartView, numbers_of
from api.console.components.elements import box, card, chip, heading, link, mark, moment, score, words, zone
from api.console.components.forms import Form
from api.console.components.frame import empty, filling, framed
from api.console.components.order_actions import bookings_card, closing_card, work_card
from api.console.components.orders.answers import answers_card
from api.console.components.orders.files import files_card
from api.console.components.orders.lessons import ask_lesson, lesson_card
from api.console.components.orders.offline_work import OfflineWork
from api.console.components.orders.people import assignment_card, comments_card, why_card
from api.console.components.orders.spending import downtime_card, spending_card
from api.console.components.orders.tasks import tasks_card
from api.console.components.orders.warranty import order_warranty_card, warranty_chip
from api.console.components.remaining_life import in_words
from api.console.found import nearest_card
from api.console.order_evidence import Dossier, around, instant_of, read_dossier, signals_of
from api.console.visit import Visit
from api.parts import Parts
from plant.errors import AssetloopError, NotFound
from plant.people.rights import Right
from plant.work_order import WorkOrder
from storage.work.orders import OrderEvent

_EVERY_S = 1.0
_LATE = timedelta(seconds=30)


async def show(visit: Visit, number: str) -> None:
    """Draw the page."""
    await visit.settle()
    with framed(visit, number):
        with box("line small muted"), link("/work-orders", "plain-link"):
            words(f"← {visit.t('back_orders')}")
        page = OrderPage(visit, number, filling(visit, box("stack", testid="order-page")))
    await page.read()
    visit.every(_EVERY_S, page.keep_up)


class OrderPage:
    """The page's middle; read again when the order's revision changes."""

    def __init__(self, visit: Visit, number: str, room: Element) -> None:
        self._offline = OfflineWork(visit)
        self._visit, self._number, self._room = visit, number, room
        self._revision: int | None = None
        self._chart: ChartView | None = None
        self._chart_until: datetime | None = None
        self._looks = self._reads = 0
        counts = visit.watch.look().counts
        self._changed_at = counts.orders_changed_at if counts else None
        self._asks_lesson = False
        self._draft: dict[str, str] = {}

    async def keep_up(self) -> None:
        """Read again where the order has moved on, or was not to be had the last time."""
        picture = self._visit.watch.look()
        stored = next((order.revision for order in picture.orders if order.number == self._number), None)
        changed_at = picture.counts.orders_changed_at if picture.counts else None
        is_old = stored is None and changed_at != self._changed_at  # older than the picture's: any change is looked at
        if self._revision is None or is_old or (stored is not None and stored > self._revision):
            self._changed_at = changed_at
            await self.read()
        elif self._is_still_filling():
            await self._draw_on()

    def _is_still_filling(self) -> bool:
        """Say whether readings may still come into the chart; asked every look, true for one in three."""
        self._looks += 1
        until = self._chart_until
        return until is not None and self._visit.parts.clock.now() < until + _LATE and self._looks % 3 == 0

    async def _draw_on(self) -> None:
        try:
            dossier = await run.io_bound(read_dossier, self._visit.parts, self._number, self._visit.signal_name)
        except AssetloopError:
            return
        if dossier is not None and self._chart is not None:
            self._chart.show(_options(self._visit, dossier), numbers_of(self._visit, dossier.traces))

    async def read(self) -> None:
        """Read the order and draw it, once where it is read twice at a time: a click between two drawings is lost."""
        self._reads += 1
        mine = self._reads
        try:
            dossier = await run.io_bound(read_dossier, self._visit.parts, self._number, self._visit.signal_name)
        except NotFound:
            self._revision = 0
            self._say(self._visit.t("not_there", what=self._number), "search_off")
            return
        except AssetloopError:
            if self._revision is None:
                self._say(self._visit.t("away_first"), "cloud_off")
            return
        if dossier is not None and mine == self._reads:
            self._revision = dossier.order.revision
            with self._room:
                self._visit.is_about(dossier.order.site)
            self._draw(dossier)
            if self._asks_lesson and dossier.lesson is not None:
                self._asks_lesson = False
                ask_lesson(self._visit, dossier.order, dossier.lesson, self.read)

    async def _closed(self) -> None:
        """Draw the order that was closed just now, and ask whether its lesson is kept."""
        self._asks_lesson = True
        await self.read()

    def _say(self, said: str, sign: str) -> None:
        self._room.clear()
        with self._room, box("card"):
            empty(said, sign)

    def _draw(self, dossier: Dossier) -> None:
        visit, order = self._visit, dossier.order
        self._offline.put([(order, dossier.work.tasks)])
        self._room.clear()
        with self._room:
            _title(visit, dossier)
            with box("two"):
                with box("stack"):
                    if order.evidence.get("source") == "report":
                        _report(visit, order)
                    else:
                        self._found(dossier)
                    tasks_card(visit, order, dossier.work, self.read)
                    files_card(visit, order, dossier.files, self.read)
                    comments_card(visit, order, dossier.comments, self._draft, self.read)
                with box("stack"):
                    self._acknowledgement(order, dossier.events)
                    work_card(visit, order, self.read, self._closed)
                    lesson_card(visit, order, dossier.lesson, self.read)
                    answers_card(
                        visit,
                        order,
                        dossier.answers,
                        is_engineering=dossier.is_engineering,
                        on_done=self.read,
                    )
                    assignment_card(visit, order, dossier.people, self.read)
                    why_card(visit, order)
                    nearest_card(visit, dossier.near)
                    closing_card(visit, dossier.closing)
                    order_warranty_card(visit, order, dossier.covered, dossier.claim, dossier.claim_steps, self.read)
                    spending_card(visit, order, dossier.spending, self.read)
                    downtime_card(visit, order, dossier.downtimes, self.read)
                    bookings_card(visit, order, dossier.bookings, self.read)
                    _history(visit, dossier.events)

    def _found(self, dossier: Dossier) -> None:
        visit = self._visit
        _evidence(visit, dossier)
        with card(visit.t("around_window")):
            self._chart = _chart(visit, dossier)
            self._chart_until = around(dossier.window)[1] if dossier.window and self._chart else None

    def _acknowledgement(self, order: WorkOrder, events: Sequence[OrderEvent]) -> None:
        visit = self._visit
        with card(visit.t("acknowledged" if order.acknowledged_at else "not_acknowledged"), "acting"):
            if order.acknowledged_at is not None:
                with mark(box("stack"), "acknowledged"):
                    how = next((event.recognised for event in events if event.event == "acknowledged"), None)
                    by = visit.who(order.acknowledged_by or "", how)
                    words(visit.t("acknowledged_by", actor=by), "strong")
                    moment(order.acknowledged_at, "full").classes("muted")
                return

            def acknowledge(parts: Parts) -> WorkOrder:
                return acknowledge_order(parts.database, order.number, actor=parts.principal, clock=parts.clock)

            if not visit.may(Right.ACKNOWLEDGE, order.site):
                words(visit.t("no_step_of_yours"), "muted")
                return
            Form(visit, acknowledge, need=(Right.ACKNOWLEDGE, order.site), on_done=self.read)


def _title(visit: Visit, dossier: Dossier) -> None:
    order, asset = dossier.order, dossier.asset
    with box("title"):
        with box("line"):
            heading(f"{order.number} · {visit.mode(order)}")
            chip(visit.word("severity", order.severity.value), order.severity.value)
            chip(visit.word("state", order.state.value), "accent")
            if order.is_overdue(visit.parts.clock.now()):
                mark(chip(visit.t("overdue"), "alarm"), "overdue")
            warranty_chip(visit, dossier.covered.ends if dossier.covered else None)
        with box("pairs"):
            with link(f"/assets/{quote(asset.site, safe='')}/{quote(asset.asset, safe='')}", "plain-link strong"):
                words(f"{asset.asset} {visit.name(asset)}".rstrip())
            words(f"{visit.t('priority')} {order.priority}", "muted")
            for key, at in (("raised", order.created_at), ("due", order.requested_finish)):
                with box("muted"):
                    words(visit.t(key))
                    moment(at, "full")


def _report(visit: Visit, order: WorkOrder) -> None:
    with card(visit.t("reported")), box("stack"):
        words(order.title)
        if order.words:
            heading(visit.t("their_words"), 2)
            words(order.words, keeps_lines=True)
        with box("facts"):
            _fact(visit.t("reported_by"), str(order.evidence.get("reported_by") or "–"))
            _fact(visit.t("lost_function"), instant_of(order.evidence.get("failed_at")))
            _fact(visit.t("remaining_life"), in_words(visit.language, order.evidence.get("remaining_life")))


def _evidence(visit: Visit, dossier: Dossier) -> None:
    order, window, evidence = dossier.order, dossier.window, dossier.order.evidence
    with card(visit.t("evidence")), box("stack"):
        with box("facts"):
            _fact(visit.t("worst_score"), score(evidence.get("score")))
            _fact(visit.t("model_version"), str(evidence.get("model_version") or "–"))
            _fact(visit.t("onset"), window.onset if window else None)
            _fact(f"{visit.t('window')}", (window.time_from, window.time_to) if window else None)
            _fact(visit.t("failure_mode"), f"{visit.mode(order)} ({order.failure_mode})")
            _fact(visit.t("remaining_life"), in_words(visit.language, evidence.get("remaining_life")))
            _fact(visit.t("data_quality"), _quality(visit, evidence.get("data_quality") or {}))
        heading(visit.t("contributing"), 2)
        with box("shares", testid="shares"):
            for one in signals_of(order):
                _share(dossier.names.get(one["signal"], one["signal"]), float(one["share"] or 0))


def _fact(name: str, value: str | datetime | tuple[datetime, datetime] | None) -> None:
    with box():
        with box("name"):
            words(name)
            if isinstance(value, datetime | tuple):
                zone()
        if isinstance(value, datetime):
            moment(value, "second").classes("strong")
        elif isinstance(value, tuple):
            with box("strong"):
                moment(value[0], "second")
                words("–").style("display: inline; padding: 0 6px")
                moment(value[1], "second")
        else:
            words(value or "–", "strong figures")


def _quality(visit: Visit, quality: dict[str, Any]) -> str:
    said = []
    for name, value in sorted(quality.items(), reverse=True):
        shown = "–" if value is None else f"{100 * value:.1f} %" if name == "missing" else f"{value:g}"
        said.append(visit.t(f"quality_{name}", value=shown) if name in {"samples", "missing"} else f"{name} {shown}")
    return ", ".join(said)


def _share(name: str, share: float) -> None:
    with box("share"):
        words(name, "clip")
        with box("track"):
            box("fill").style(f"width: {100 * share:.1f}%")
        words(f"{100 * share:.0f} %", "percent")


def _options(visit: Visit, dossier: Dossier) -> dict[str, Any]:
    return charts.stack(
        dossier.traces,
        windows=[dossier.window] if dossier.window else [],
        onset_name=visit.t("alarm_onset"),
        names=charts.band_names(visit),
    )


def _chart(visit: Visit, dossier: Dossier) -> ChartView | None:
    if not dossier.traces:
        empty(visit.t("no_series"), "show_chart")
        return None
    numbers, height = numbers_of(visit, dossier.traces), charts.height(dossier.traces)
    return ChartView(visit, _options(visit, dossier), numbers, height=height, testid="window-chart")


def _history(visit: Visit, events: Sequence[OrderEvent]) -> None:
    with card(visit.t("history")), box("history"):
        for event in reversed(events):
            with box("step"):
                with box("spread"):
                    words(visit.word("event", event.event), "strong")
                    words(visit.who(event.actor, event.recognised), "muted clip")
                moment(event.at, "full").classes("small muted")
                if event.document.get("note"):
                    words(event.document["note"], "small")
                if event.published_at is not None:
                    words(visit.t("published"), "small muted")
