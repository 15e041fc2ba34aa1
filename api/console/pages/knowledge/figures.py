"""How the plant does: figures of the last twelve months by site, class or asset, with their course and formulae."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from nicegui import run

from api.console.components.charts import charts
from api.console.components.charts.chart_view import ChartView, numbers_of
from api.console.components.charts.charts import Trace
from api.console.components.elements import box, card, heading, link, number, words
from api.console.components.frame import empty, framed
from api.console.components.lists.exporting import export_button
from api.console.visit import Visit
from api.parts import Parts
from lifecycle.figures import FIGURE_FORMULAE
from plant.errors import AssetloopError
from storage.figures.figures import Bucket, FiguresBy, PlantFigures, figures
from storage.views.overview import SeriesPoint

_YEAR = timedelta(days=365)
_MOST = 200
_SHOWN = tuple(name for name in FIGURE_FORMULAE if name != "costs")
_SHARES = {
    *("availability", "planned_share", "schedule_compliance", "first_time_fix"),
    *("detection_precision", "detection_recall"),
}
_COUNTS = {"failures", "open_orders"}


@dataclass(frozen=True, kw_only=True, slots=True)
class FigureSheets:
    """Figures of the whole span, and those by month, of the same things."""

    whole: Sequence[PlantFigures]
    months: Sequence[PlantFigures]


async def show(visit: Visit, by: str) -> None:
    """Draw the page."""
    await visit.settle()
    wanted = FiguresBy(by) if by in set(FiguresBy) else FiguresBy.SITE
    with framed(visit, visit.t("figures")):
        with box("title"):
            with box("spread"):
                heading(visit.t("figures"))
                with box("line"):
                    export_button(visit, "figures", lambda: {"by": wanted.value})
                    export_button(visit, "bookings", dict, key="export_bookings")
            words(visit.t("figures_hint"), "muted")
        with box("choice"):
            for one in (FiguresBy.SITE, FiguresBy.CLASS, FiguresBy.ASSET):
                with link(f"/figures?by={one}", "here" if one is wanted else "", testid=f"by-{one}") as choice:
                    words(visit.t(f"by_{one}"))
                if one is wanted:
                    choice.props["aria-current"] = "true"
        with box("stack figures-page", testid="figures"):
            try:
                sheets = await run.io_bound(read, visit.parts, wanted)
            except AssetloopError:
                empty(visit.t("away_first"), "cloud_off")
                return
            if sheets is not None:
                _draw(visit, sheets)


def read(parts: Parts, by: FiguresBy) -> FigureSheets:
    """Read the figures of the last twelve months; by month only of sites.

    Raises:
        Unavailable: the database is away.
    """
    now = parts.clock.now()
    with parts.database.transaction() as tx:
        whole = figures(tx, since=now - _YEAR, until=now, known_at=now, by=by)
        months: list[PlantFigures] = []
        if by is FiguresBy.SITE:
            months = figures(tx, since=now - _YEAR, until=now, known_at=now, by=by, bucket=Bucket.MONTH)
    return FigureSheets(whole=whole, months=months)


def _draw(visit: Visit, sheets: FigureSheets) -> None:
    if not sheets.whole:
        empty(visit.t("figures_none"), "monitoring")
        return
    for one in sheets.whole[:_MOST]:
        with card(" · ".join(part for part in (one.asset, visit.class_name(one.asset_class), one.site) if part)):
            _facts(visit, one)
            months = [month for month in sheets.months if month.site == one.site]
            if any(month.availability is not None for month in months):
                _course(visit, months)
    with card(visit.t("formulae")), box("lines small"):
        for name in FIGURE_FORMULAE:
            words(f"{visit.t(name)}: {visit.word('formula', name)}", "muted")


def _facts(visit: Visit, one: PlantFigures) -> None:
    with box("facts"):
        for name in _SHOWN:
            with box():
                words(visit.t(name), "name")
                words(_said(visit, name, getattr(one, name)), "strong figures")
        with box():
            words(visit.t("costs"), "name")
            costs = (f"{amount:,.2f} {currency}" for currency, amount in sorted(one.costs.items()))
            words(" · ".join(costs) or "–", "strong figures")


def _said(visit: Visit, name: str, value: float | None) -> str:
    if value is None:
        return "–"
    if name in _COUNTS:
        return str(value)
    if name in _SHARES:
        return f"{100 * value:.1f} %"
    if name != "backlog_weeks" and 0 < abs(value) < 1:
        return visit.t("minutes", value=number(60 * value))
    return visit.t("in_weeks" if name == "backlog_weeks" else "in_hours", value=number(value))


def _course(visit: Visit, months: Sequence[PlantFigures]) -> None:
    traces = [_trace(visit, months, name) for name in ("availability", "mtbf_h")]
    shown = [trace for trace in traces if trace.points]
    with box("by-month"):
        heading(visit.t("by_month"), 2)
    ChartView(
        visit,
        charts.stack(shown, span=(months[-1].time_to - _YEAR, months[-1].time_to)),
        numbers_of(visit, shown),
        height=charts.height(shown),
        testid="figures-course",
    )


def _trace(visit: Visit, months: Sequence[PlantFigures], name: str) -> Trace:
    factor, unit = (100.0, "%") if name in _SHARES else (1.0, "h")
    points = [
        SeriesPoint(time=month.time_from, mean=factor * value, least=factor * value, greatest=factor * value)
        for month in months
        if (value := getattr(month, name)) is not None
    ]
    return Trace(name=visit.t(name), unit=unit, points=points)
