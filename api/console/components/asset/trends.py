"""How an asset's signals went: bands, limits, alerts and scores on one time axis, which is zoomed and panned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

from nicegui import run, ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from api.console.components.asset.trend_reading import TrendCourse, TrendsWanted, read_course
from api.console.components.charts import charts
from api.console.components.charts.chart_view import ChartView, numbers_of
from api.console.components.elements import box, heading, mark, moment, press, words
from api.console.components.forms import choice, sheet
from api.console.components.frame import filling
from api.console.components.instants import InstantField
from api.console.components.lists.exporting import export_button
from api.console.components.lists.filters import Filters
from api.console.visit import Visit
from plant.errors import AssetloopError
from storage.views.overview import AssetView

RANGES = {
    "15m": timedelta(minutes=15),
    "1h": timedelta(hours=1),
    "8h": timedelta(hours=8),
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
_USUAL = "1h"
_EVERY_S = 3.0
_SELDOM = 10  # a long range is read again once in so many looks
_LEAST, _MOST = timedelta(seconds=10), timedelta(days=1100)
_SHOWN = 6
_MOST_SIGNALS = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownSpan:
    """From when to when; `is_live`: up to now, and following it."""

    time_from: datetime
    time_to: datetime
    is_live: bool

    def moved(self, by: float, *, scale: float = 1.0) -> tuple[datetime, datetime]:
        """Return it moved by a part of its length, and made longer or shorter about its middle."""
        length = self.time_to - self.time_from
        middle = self.time_from + length / 2 + by * length
        half = min(max(length * scale, _LEAST), _MOST) / 2
        return middle - half, middle + half

    def part(self, start: float, end: float) -> tuple[datetime, datetime]:
        """Return a part of it, in percent."""
        length = self.time_to - self.time_from
        return self.time_from + length * (start / 100), self.time_from + length * (end / 100)


class Trends:
    """The charts; made anew when other signals are wanted, and otherwise only their data is sent."""

    def __init__(self, visit: Visit, asset: AssetView, others: Sequence[tuple[str, str]]) -> None:
        self._visit, self._asset = visit, asset
        self._filters = Filters(visit, range=_USUAL)
        self._chart: ChartView | None = None
        self._count = -1
        self._reads = self._looks = 0
        with box("spread trends-head"):
            heading(visit.t("trends"), 2)
            self._range_buttons()
        with box("trend-filters"):
            self._choices(others)
        with box("spread"):
            with box("line small muted"):
                self._from = moment(None, "second")
                words("–")
                self._to = moment(None, "second")
            self._turning()
        self._room = filling(visit, box("card trends", testid="trends"))
        with box("line small muted"):
            box("swatch alarm")
            words(visit.t("shade_alerted"))
            box("swatch scored")
            words(visit.t("shade_scored"))
            words(visit.t("zoom_hint"))

    def _range_buttons(self) -> None:
        with box("choice"):
            self._ranges: dict[str, Element] = {}
            for name in RANGES:
                with mark(box("", tag="button"), f"range-{name}") as self._ranges[name]:
                    words(self._visit.t(f"range_{name}"))
                self._ranges[name].on("click", partial(self._choose_range, name))
            with mark(box("", tag="button"), "range-own") as button:
                words(self._visit.t("range_own"))
            button.on("click", self._ask_span)

    def _choices(self, others: Sequence[tuple[str, str]]) -> None:
        visit, ask = self._visit, self._filters
        options = {one.key: visit.signal_name(one) for one in self._asset.signals}
        field = ui.select(options, label=visit.t("signals"), value=self._keys(), multiple=True)
        mark(field.props("outlined dense options-dense use-chips behavior=menu"), "trend-signals")
        field.on_value_change(lambda event: self._put_signals(list(event.value or ())))
        if others:
            tags = {f"{site}/{tag}": (tag if site == self._asset.site else f"{site}/{tag}", "") for site, tag in others}
            if ask.of("compare") not in tags:
                ask.forget("compare")
            beside = choice(visit, "compare_with", tags, ask.of("compare"), "trend-compare")
            beside.props("clearable use-input input-debounce=0")
            beside.on_value_change(lambda event: self._put("compare", str(event.value or "")))

    def _turning(self) -> None:
        with box("line"):
            for key, change in (
                ("pan_back", (-0.5, 1.0)),
                ("pan_on", (0.5, 1.0)),
                ("zoom_in", (0.0, 0.5)),
                ("zoom_out", (0.0, 2.0)),
            ):
                with mark(box("button quiet", tag="button"), key) as button:
                    words(self._visit.t(f"sign_{key}"))
                button.props["aria-label"] = button.props["title"] = self._visit.t(key)
                button.on("click", partial(self._turn, *change))
            path = quote(f"readings/{self._asset.site}/{self._asset.asset}")
            export_button(self._visit, path, self._asked)

    def _asked(self) -> dict[str, str | list[str] | None]:
        """Say which readings are shown in the words of the API."""
        span = self.span()
        return {"signal": self._keys(), "from": _written(span.time_from), "to": _written(span.time_to)}

    def _keys(self) -> list[str]:
        there = [one.key for one in self._asset.signals]
        asked = [key for key in (self._filters.of("signals") or "").split(",") if key in there]
        return asked[:_MOST_SIGNALS] or there[:_SHOWN]

    def span(self) -> ShownSpan:
        """Return from when to when is shown: what the address says, or the last stretch of time up to now."""
        now = self._visit.parts.clock.now()
        time_from, time_to = _instant(self._filters.of("from")), _instant(self._filters.of("to"))
        if time_from and time_to and _LEAST <= time_to - time_from <= _MOST:
            return ShownSpan(time_from=time_from, time_to=time_to, is_live=False)
        length = RANGES.get(self._filters.of("range") or "", RANGES[_USUAL])
        return ShownSpan(time_from=now - length, time_to=now, is_live=True)

    async def _choose_range(self, name: str) -> None:
        self._filters.forget("from", "to")
        await self._put("range", name)

    async def _put(self, key: str, value: str) -> None:
        self._filters.put(key, value)
        await self.read()

    async def _put_signals(self, keys: list[str]) -> None:
        await self._put("signals", ",".join(keys[:_MOST_SIGNALS]))

    async def _show_span(self, time_from: datetime, time_to: datetime) -> None:
        self._filters.put("from", _written(time_from))
        await self._put("to", _written(time_to))

    async def _turn(self, by: float, scale: float) -> None:
        await self._show_span(*self.span().moved(by, scale=scale))

    async def _zoomed(self, event: GenericEventArguments) -> None:
        """Read what is shown now, finer: raw readings once it is short enough."""
        said: dict[str, Any] = event.args if isinstance(event.args, dict) else {}
        edges = (said.get("batch") or [said])[0]
        start, end = edges.get("start"), edges.get("end")
        if not isinstance(start, int | float) or not isinstance(end, int | float) or end - start > 99.9:
            return
        time_from, time_to = self.span().part(float(start), float(end))
        if time_to - time_from >= _LEAST:
            await self._show_span(time_from, time_to)

    def _ask_span(self) -> None:
        visit, span = self._visit, self.span()
        with sheet(visit.t("range_own")) as dialog:
            with box("fields"):
                since = InstantField(visit, "span_from", span.time_from)
                until = InstantField(visit, "span_to", span.time_to)
            with mark(box("button", tag="button"), "span-show") as button:
                words(visit.t("show"))

        async def show() -> None:
            if since.value is None or until.value is None or not _LEAST <= until.value - since.value <= _MOST:
                ui.notify(visit.t("span_wrong"), type="warning")
                return
            dialog.close()
            await self._show_span(since.value, until.value)

        button.on("click", show)

    async def keep_up(self) -> None:
        """Read again where what is shown goes on: often where it is short."""
        self._looks += 1
        span = self.span()
        is_short = span.time_to - span.time_from <= RANGES["1h"]
        if span.is_live and (is_short or self._looks % _SELDOM == 0):
            await self.read()

    async def begin(self) -> None:
        """Read for the first time, and go on as long as the page is open."""
        await self.read()
        self._visit.every(_EVERY_S, self.keep_up)

    async def read(self) -> None:
        """Read and draw; of two readings at a time the later one counts."""
        span = self.span()
        self._reads += 1
        mine = self._reads
        site, _, tag = (self._filters.of("compare") or "").partition("/")
        wanted = TrendsWanted(
            asset=self._asset,
            keys=tuple(self._keys()),
            time_from=span.time_from,
            time_to=span.time_to,
            compare=(site, tag) if tag else None,
        )
        try:
            course = await run.io_bound(read_course, self._visit.parts, wanted, self._visit)
        except AssetloopError:
            return
        if course is not None and mine == self._reads:
            self._show(course, span)

    def _show(self, course: TrendCourse, span: ShownSpan) -> None:
        for name, button in self._ranges.items():
            is_here = span.is_live and name == (self._filters.of("range") or _USUAL)
            press(button, is_here=is_here)
        self._from.props["at"], self._to.props["at"] = span.time_from.isoformat(), span.time_to.isoformat()
        options = charts.stack(
            course.traces,
            windows=course.windows,
            span=(span.time_from, span.time_to),
            names=charts.band_names(self._visit),
        )
        numbers = numbers_of(self._visit, course.traces)
        if self._chart is None or self._count != len(course.traces):
            self._count = len(course.traces)
            self._room.clear()
            with self._room:
                height = charts.height(course.traces)
                self._chart = ChartView(self._visit, options, numbers, height=height, testid="trend-chart")
            self._chart.element.on(
                "chart:datazoom", self._zoomed, ["start", "end", "batch"], throttle=0.6, leading_events=False
            )
            return
        self._chart.show(options, numbers)


def _written(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def _instant(said: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(said or "")
    except ValueError:
        return None
    return at if at.tzinfo is not None else None
