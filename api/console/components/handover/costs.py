"""What a project costs, on its page: sums, the S-curve of planned, committed and actual, and labour by month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from api.console.components.charts.chart_view import ChartNumbers, ChartView
from api.console.components.charts.charts import GREY, GRID_LINE
from api.console.components.elements import box, card, link, mark, words
from api.console.components.forms import offer
from api.console.components.handover.incoming import ask_costs
from api.console.visit import Visit
from lifecycle.costs.cost_centre import CostCentre
from plant.people.rights import Right
from storage.projects.projects import Project

_COLOURS = {"planned": "#8391a2", "committed": "#b5761f", "actual": "#2f7ed8"}


def costs_card(visit: Visit, project: Project, found: CostCentre, on_done: Callable[[], Any]) -> None:
    """Draw a project's costs, and offer to take a table of them over."""
    with card(visit.t("costs")), box("stack", testid="costs"):
        if found.costs or found.labour:
            _what_it_costs(visit, project.tag, found)
        else:
            words(visit.t("none_yet"), "muted")
        if visit.may(Right.PLAN_PROJECTS, project.site):
            offer(visit, "costs_import", partial(ask_costs, visit, project.tag, on_done), is_quiet=True)


def _what_it_costs(visit: Visit, project: str, found: CostCentre) -> None:
    _sums(visit, found)
    if len(found.curve) > 1:
        ChartView(visit, s_curve(visit, found), _numbers(visit, found), height=240, testid="costs-curve")
    _labour(visit, found)
    with box("line"):
        for what in ("costs", "labour"):
            with link(f"/api/v1/projects/{project}/costs/table?what={what}", "button quiet", testid=f"table-{what}"):
                words(visit.t(f"costs_table_{what}"))


def _sums(visit: Visit, found: CostCentre) -> None:
    total = found.total
    with box("facts"):
        for name, amount in (
            ("budget", total.budget),
            ("committed", total.committed),
            ("actual", total.actual),
            ("paid", total.paid),
            ("left", total.left),
        ):
            with box():
                words(visit.t(f"costs_{name}"), "small muted")
                mark(words(f"{amount:,.0f} {found.currency}".rstrip(), "figures strong"), f"costs-{name}")


def _labour(visit: Visit, found: CostCentre) -> None:
    months: dict[str, Decimal] = defaultdict(Decimal)
    for one in found.labour:
        months[f"{one.month:%Y-%m}"] += one.days
    if months:
        with box("lines", testid="costs-labour"):
            for month, days in sorted(months.items())[-12:]:
                with box("line"):
                    words(month, "figures")
                    words(visit.t("costs_days", days=f"{days:f}"))


def _numbers(visit: Visit, found: CostCentre) -> ChartNumbers:
    return ChartNumbers(
        said=visit.t("costs_curve"),
        columns=[visit.t("month"), *(visit.t(f"costs_{name}") for name in _COLOURS)],
        rows=[
            [f"{point.month:%Y-%m}", *(f"{getattr(point, name):,.0f}" for name in _COLOURS)] for point in found.curve
        ],
    )


def s_curve(visit: Visit, found: CostCentre) -> dict[str, Any]:
    """Draw what has come together month by month."""
    return {
        "animation": False,
        "textStyle": {"fontFamily": "inherit"},
        "tooltip": {"trigger": "axis", "confine": True},
        "legend": {"top": 0, "left": 0, "textStyle": {"color": GREY}},
        "grid": {"left": 70, "right": 14, "top": 34, "bottom": 26},
        "xAxis": {
            "type": "category",
            "data": [f"{point.month:%Y-%m}" for point in found.curve],
            "axisLabel": {"color": GREY},
        },
        "yAxis": {"type": "value", "axisLabel": {"color": GREY}, "splitLine": {"lineStyle": {"color": GRID_LINE}}},
        "series": [
            {
                "name": visit.t(f"costs_{name}"),
                "type": "line",
                "showSymbol": False,
                "lineStyle": {"width": 2, "type": "dashed" if name == "planned" else "solid"},
                "color": colour,
                "data": [float(getattr(point, name)) for point in found.curve],
            }
            for name, colour in _COLOURS.items()
        ],
    }
