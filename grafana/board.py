"""What every dashboard begins with: the variables that are carried along, the links, and panels in their order."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from grafana_foundation_sdk.builders.dashboard import Dashboard, QueryVariable, Row
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLink,
    DashboardLinkType,
    VariableHide,
    VariableOption,
    VariableRefresh,
)

from grafana.sql import source, statement

TAG = "assetloop"
_COLUMNS = 24
ALL = "'*'"  # Grafana puts it into the SQL as it stands

Placed = tuple[Any, int, int]
"""A panel, its width of 24, and its height."""


class _Others(Builder[DashboardLink]):
    """Links to the other dashboards, in sight: the library would put them into a menu."""

    def build(self) -> DashboardLink:
        return _InSight(
            title="Others", type_val=DashboardLinkType.DASHBOARDS, tags=[TAG], keep_time=True, include_vars=True
        )


class _InSight(DashboardLink):
    def to_json(self) -> dict[str, object]:
        return {key: value for key, value in super().to_json().items() if key != "placement"}


def board(title: str, *, uid: str, time_from: str = "now-6h", refresh: str = "30s", of_one: bool = False) -> Dashboard:
    """Begin a dashboard as all of ours begin: read-only, refreshed, linked to the others.

    Site, area and asset are variables of each, so that a link carries them along; `of_one`: the asset is in sight.
    """
    return (
        Dashboard(title)
        .uid(uid)
        .tags([TAG])
        .readonly()
        .timezone("browser")
        .refresh(refresh)
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .time(time_from, "now")
        .link(_Others())
        .with_variable(_one_or_all("site", "Site"))
        .with_variable(_one_or_all("area", "Area"))
        .with_variable(_asset(in_sight=of_one))
    )


def carried_variables() -> list[Any]:
    """Return the variables of a dashboard that is of all, whatever is chosen: it only carries the choice along."""
    hidden = VariableHide.HIDE_VARIABLE
    made = [_one_or_all("site", "Site").hide(hidden), _one_or_all("area", "Area").hide(hidden), _asset(in_sight=False)]
    found: list[Any] = json.loads(json.dumps([one.build() for one in made], cls=JSONEncoder))
    return found


def fill(dashboard: Dashboard, panels: Iterable[Placed | str]) -> Dashboard:
    """Put panels one after another, each with a number of its own; a text begins a row under that title."""
    for number, placed in enumerate(panels, start=1):
        if isinstance(placed, str):
            dashboard = dashboard.with_row(Row(placed).id(number))
        else:
            panel, width, height = placed
            dashboard = dashboard.with_panel(panel.id(number).span(width).height(height))
    return dashboard


def arranged(dashboard: dict[str, Any]) -> dict[str, Any]:
    """Put each panel as high as it goes without covering one before it, and there as far to the left."""
    heights = [0] * _COLUMNS
    for panel in dashboard["panels"]:
        grid = panel["gridPos"]
        if panel["type"] == "row":
            grid["w"] = _COLUMNS
        width = grid["w"]
        tops = [max(heights[x : x + width]) for x in range(_COLUMNS - width + 1)]
        left = tops.index(min(tops))
        grid["x"], grid["y"] = left, tops[left]
        heights[left : left + width] = [tops[left] + grid["h"]] * width
    return dashboard


def _one_or_all(name: str, label: str) -> QueryVariable:
    return (
        QueryVariable(name)
        .label(label)
        .datasource(source())
        .query(statement(f"variables.{name}"))
        .refresh(VariableRefresh.ON_DASHBOARD_LOAD)
        .include_all(include_all=True)
        .all_value(ALL)
        .current(VariableOption(selected=True, text="All", value="$__all"))
    )


def _asset(*, in_sight: bool) -> QueryVariable:
    variable = (
        QueryVariable("asset")
        .label("Asset")
        .datasource(source())
        .query(statement("variables.asset"))
        .refresh(VariableRefresh.ON_DASHBOARD_LOAD)
    )
    return variable if in_sight else variable.hide(VariableHide.HIDE_VARIABLE)
