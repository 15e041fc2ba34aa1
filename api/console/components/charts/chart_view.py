"""A chart on a page: as a picture, in a sentence for who cannot see it, and as a table for who wants the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from api.console.components.charts import charts
from api.console.components.charts.charts import Trace
from api.console.components.elements import box, mark, number, words
from api.console.visit import Visit


@dataclass(frozen=True, kw_only=True, slots=True)
class ChartNumbers:
    """What a chart shows, in a sentence, and as a table: the names of its columns, and its rows."""

    said: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


class ChartView:
    """The chart and its numbers; the table is filled when a person opens it, and kept up to date while it is open.

    It is drawn as SVG: the colours of text and lines are the page's own, also when a person changes light and contrast.
    """

    def __init__(
        self, visit: Visit, options: dict[str, Any], numbers: ChartNumbers, *, height: int, testid: str
    ) -> None:
        self._numbers = numbers
        self._is_open = False
        self.element = mark(ui.echart(options, renderer="svg").classes("chart").style(f"height: {height}px"), testid)
        self.element.props["role"], self.element.props["aria-label"] = "img", numbers.said
        with box("numbers", tag="details", testid=f"{testid}-numbers"):
            with box(tag="summary") as summary:
                words(visit.t("in_numbers"))
            self._table = box(tag="table")
        summary.on("click", self._turn)

    def show(self, options: dict[str, Any], numbers: ChartNumbers) -> None:
        """Show something else in the same place."""
        self.element.options.clear()
        self.element.options.update(options)
        self.element.update()
        self.element.props["aria-label"] = numbers.said
        if self._is_open and numbers != self._numbers:
            self._fill(numbers)
        self._numbers = numbers

    def _turn(self) -> None:
        self._is_open = not self._is_open
        if self._is_open:
            self._fill(self._numbers)

    def _fill(self, numbers: ChartNumbers) -> None:
        self._table.clear()
        with self._table:
            for cells, tag in ((numbers.columns, "th"), *((row, "td") for row in numbers.rows)):
                with box(tag="tr"):
                    for place, cell in enumerate(cells):
                        with box(tag=tag if place else "th") as element:
                            words(cell)
                        if tag == "th" or not place:
                            element.props["scope"] = "col" if tag == "th" else "row"


def numbers_of(visit: Visit, traces: Sequence[Trace]) -> ChartNumbers:
    """Say in words and numbers what a stack of traces shows."""
    columns = ("signal", "band_least", "band_mean", "band_greatest", "last_value", "limits")
    return ChartNumbers(
        said=visit.t("chart_of", what="; ".join(_in_words(visit, one) for one in traces)),
        columns=[visit.t(key) for key in columns],
        rows=[_row(one) for one in traces],
    )


def _in_words(visit: Visit, trace: Trace) -> str:
    if not trace.points:
        return visit.t("chart_nothing", name=trace.name)
    least, greatest = min(one.least for one in trace.points), max(one.greatest for one in trace.points)
    said = visit.t(
        "chart_says",
        name=trace.name,
        least=number(least),
        greatest=number(greatest),
        unit=trace.unit,
        last=number(trace.points[-1].mean),
    )
    is_beyond = (trace.low is not None and least < trace.low) or (trace.high is not None and greatest > trace.high)
    return f"{said}, {visit.t('chart_beyond')}" if is_beyond else said


def _row(trace: Trace) -> Sequence[str]:
    limits = "–" if trace.low is None and trace.high is None else f"{number(trace.low)} … {number(trace.high)}"
    if not trace.points:
        return (charts.named(trace), "–", "–", "–", "–", limits)
    means = [one.mean for one in trace.points]
    return (
        charts.named(trace),
        number(min(one.least for one in trace.points)),
        number(sum(means) / len(means)),
        number(max(one.greatest for one in trace.points)),
        number(means[-1]),
        limits,
    )
