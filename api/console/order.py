"""One work order with its evidence: who says so, which signals show it, and what they did around the window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from nicegui import run, ui
from nicegui.element import Element

from alerts.desk import acknowledge_order
from api.console import charts
from api.console.acknowledging import Form
from api.console.charts import Trace
from api.console.elements import box, card, chip, heading, link, mark, moment, number, words, zone
from api.console.frame import empty, framed
from api.console.visit import Visit
from api.parts import Parts
from plant.errors import AssetloopError, NotFound
from plant.work_order import WorkOrder
from storage import orders, overview
from storage.orders import OrderEvent
from storage.overview import AssetView

_LEADING = 3
_BEFORE, _LEAST_AROUND = 1.0, timedelta(minutes=5)
_MOST_AROUND = timedelta(hours=6)
_EVERY_S = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Dossier:
    """All that the page shows of one order."""

    order: WorkOrder
    asset: AssetView
    events: Sequence[OrderEvent]
    traces: Sequence[Trace] = ()
    window: charts.Window | None = None
    names: dict[str, str] = field(default_factory=dict)


def read_dossier(parts: Parts, number: str, visit: Visit) -> Dossier:
    """Read an order, its asset, its history and the leading signals around its window.

    Raises:
        NotFound: there is no such order.
        Unavailable: the database is away.
    """
    with parts.database.transaction() as tx:
        order = orders.get_order(tx, number)
        asset = overview.get_asset(tx, order.site, order.asset, now=parts.clock.now())
        events = orders.order_events(tx, order.order_id)
        window = window_of(order, visit.t("alarm_onset"))
        names = {signal.key: visit.signal_name(signal) for signal in asset.signals}
        traces = []
        if window:
            since, until = around(window)
            leading = [one["signal"] for one in signals_of(order)[:_LEADING]]
            for signal in sorted(
                (one for one in asset.signals if one.key in leading), key=lambda one: leading.index(one.key)
            ):
                points = overview.get_series(tx, signal.signal_id, time_from=since, time_to=until)
                traces.append(
                    Trace(name=names[signal.key], unit=signal.unit, points=points, low=signal.low, high=signal.high)
                )
    return Dossier(
        order=order,
        asset=asset,
        events=events,
        traces=[trace for trace in traces if trace.points],
        window=window,
        names=names,
    )


def window_of(order: WorkOrder, onset_name: str) -> charts.Window | None:
    """Read the window out of an order's evidence; None where it has none."""
    window = order.evidence.get("window") or {}
    since, until = _instant(window.get("from")), _instant(window.get("to"))
    if since is None or until is None:
        return None
    return charts.Window(
        time_from=since, time_to=until, onset=_instant(order.evidence.get("onset")), onset_name=onset_name
    )


def signals_of(order: WorkOrder) -> list[dict[str, Any]]:
    """Return the contributing signals of an order's evidence, the largest share first."""
    return list(order.evidence.get("signals") or ())


def around(window: charts.Window) -> tuple[datetime, datetime]:
    """Choose what is shown around a window: before it as much as it lasted, 5 min to 6 h, and a little after."""
    lasted = window.time_to - window.time_from
    margin = min(max(lasted * _BEFORE, _LEAST_AROUND), _MOST_AROUND)
    return window.time_from - margin, window.time_to + margin / 4


def _instant(said: object) -> datetime | None:
    try:
        return datetime.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None


async def show(visit: Visit, number: str) -> None:
    """Draw the page."""
    await visit.settle()
    with framed(visit, number):
        with box("line small muted"), link("/work-orders", "plain-link"):
            words(f"← {visit.t('back_orders')}")
        room = box("stack", testid="order-page")
    page = OrderPage(visit, number, room)
    await page.read()
    ui.timer(_EVERY_S, page.keep_up)


class OrderPage:
    """The page's middle; read again when the order's revision changes."""

    def __init__(self, visit: Visit, number: str, room: Element) -> None:
        self._visit = visit
        self._number = number
        self._room = room
        self._revision: int | None = None

    async def keep_up(self) -> None:
        """Read again where the order has moved on, or was not to be had the last time."""
        picture = self._visit.watch.look()
        stored = next((order.revision for order in picture.orders if order.number == self._number), None)
        if self._revision is None or (stored is not None and stored > self._revision):
            await self.read()

    async def read(self) -> None:
        """Read the order and draw it."""
        try:
            dossier = await run.io_bound(read_dossier, self._visit.parts, self._number, self._visit)
        except NotFound:
            self._revision = 0
            self._say(self._visit.t("not_there", what=self._number), "search_off")
            return
        except AssetloopError:
            if self._revision is None:
                self._say(self._visit.t("away_first"), "cloud_off")
            return
        if dossier is not None:
            self._revision = dossier.order.revision
            self._draw(dossier)

    def _say(self, said: str, sign: str) -> None:
        self._room.clear()
        with self._room, box("card"):
            empty(said, sign)

    def _draw(self, dossier: Dossier) -> None:
        visit, order = self._visit, dossier.order
        self._room.clear()
        with self._room:
            _title(visit, dossier)
            with box("two"):
                with box("stack"):
                    _evidence(visit, dossier)
                    with card(visit.t("around_window")):
                        _chart(visit, dossier)
                with box("stack"):
                    self._acknowledgement(order)
                    _history(visit, dossier.events)

    def _acknowledgement(self, order: WorkOrder) -> None:
        visit = self._visit
        with card(visit.t("acknowledged" if order.acknowledged_at else "not_acknowledged")):
            if order.acknowledged_at is not None:
                with mark(box("stack"), "acknowledged"):
                    words(visit.t("acknowledged_by", actor=order.acknowledged_by), "strong")
                    moment(order.acknowledged_at, "full").classes("muted")
                return

            def acknowledge(actor: str) -> WorkOrder:
                return acknowledge_order(visit.parts.database, order.number, actor=actor, clock=visit.parts.clock)

            Form(visit, acknowledge, on_done=self.read)


def _title(visit: Visit, dossier: Dossier) -> None:
    order, asset = dossier.order, dossier.asset
    with box("title"):
        with box("line"):
            heading(f"{order.number} · {visit.mode(order)}")
            chip(visit.word("severity", order.severity.value), order.severity.value)
            chip(visit.word("state", order.state.value), "accent")
        with box("line"):
            with link(f"/assets/{quote(asset.site, safe='')}/{quote(asset.asset, safe='')}", "plain-link strong"):
                words(f"{asset.asset} {visit.name(asset)}".rstrip())
            words(f"· {visit.t('priority')} {order.priority}", "muted")
            words(f"· {visit.t('raised')}", "muted")
            moment(order.created_at, "full").classes("muted")
            words(f"· {visit.t('due')}", "muted")
            moment(order.requested_finish, "full").classes("muted")


def _evidence(visit: Visit, dossier: Dossier) -> None:
    order, window = dossier.order, dossier.window
    evidence = order.evidence
    with card(visit.t("evidence")), box("stack"):
        with box("facts"):
            _fact(visit.t("worst_score"), number(evidence.get("score")))
            _fact(visit.t("model_version"), str(evidence.get("model_version") or "–"))
            _fact(visit.t("onset"), window.onset if window else None)
            _fact(f"{visit.t('window')}", (window.time_from, window.time_to) if window else None)
            _fact(visit.t("failure_mode"), f"{visit.mode(order)} ({order.failure_mode})")
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


def _chart(visit: Visit, dossier: Dossier) -> None:
    if not dossier.traces:
        empty(visit.t("no_series"), "show_chart")
        return
    options = charts.stack(dossier.traces, window=dossier.window)
    mark(ui.echart(options).classes("chart").style(f"height: {charts.height(dossier.traces)}px"), "window-chart")


def _history(visit: Visit, events: Sequence[OrderEvent]) -> None:
    with card(visit.t("history")), box("history"):
        for event in reversed(events):
            with box("step"):
                with box("spread"):
                    words(visit.word("event", event.event), "strong")
                    words(event.actor, "muted clip")
                moment(event.at, "full").classes("small muted")
                if event.published_at is not None:
                    words(visit.t("published"), "small muted")
