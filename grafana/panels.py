"""The kinds of panel that our dashboards are made of."""

from __future__ import annotations

from typing import Any

from grafana_foundation_sdk.builders import barchart, bargauge, stat, statetimeline, statushistory, table, timeseries
from grafana_foundation_sdk.builders.common import (
    GraphThresholdsStyleConfig,
    ReduceDataOptions,
    StackingConfig,
    VizLegendOptions,
    VizTooltipOptions,
)
from grafana_foundation_sdk.models.common import (
    AxisPlacement,
    BigValueColorMode,
    BigValueGraphMode,
    BigValueTextMode,
    GraphThresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
    StackingMode,
    TooltipDisplayMode,
    VisibilityMode,
    VizOrientation,
)
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue as Property

from grafana import columns
from grafana.colours import COUNT_STEPS, SCORE_STEPS, UNKNOWN, Steps, thresholds
from grafana.columns import Looks
from grafana.sql import Ask, source
from grafana.words import Words

NOTHING = "–"
_PLAIN: Steps = ((None, UNKNOWN),)


def number(title: str, name: str, *, steps: Steps = COUNT_STEPS, unit: str = "none", decimals: int = 0) -> stat.Panel:
    """Show one number, or some beside one another, in the colours of their steps."""
    return (
        stat.Panel()
        .title(title)
        .datasource(source())
        .with_target(Ask(name))
        .no_value(NOTHING)
        .unit(unit)
        .decimals(decimals)
        .reduce_options(ReduceDataOptions().calcs(["lastNotNull"]).fields("/.*/"))
        .thresholds(thresholds(steps))
        .color_mode(BigValueColorMode.BACKGROUND_SOLID if len(steps) > 1 else BigValueColorMode.NONE)
        .graph_mode(BigValueGraphMode.NONE)
    )


def plain_number(title: str, name: str, *, unit: str = "none", decimals: int = 0) -> stat.Panel:
    """Show a number that is neither good nor bad."""
    return number(title, name, steps=_PLAIN, unit=unit, decimals=decimals)


def word(title: str, name: str, column: str, said: Words) -> stat.Panel:
    """Show one word of the record in its colour."""
    return (
        number(title, name, steps=_PLAIN)
        .color_mode(BigValueColorMode.BACKGROUND_SOLID)
        .text_mode(BigValueTextMode.VALUE)
        .override_by_name(column, columns.meanings(said))
    )


def listing(title: str, name: str, looks: Looks | None = None, *, nothing: str = "None") -> table.Panel:
    """Show rows; where there are none it says `nothing`, which Grafana would also put into every empty cell."""
    panel = table.Panel().title(title).datasource(source()).with_target(Ask(name)).no_value(nothing)
    panel = panel.override_by_regexp("/.*/", properties(noValue=NOTHING))
    for column, look in (looks or {}).items():
        panel = panel.override_by_name(column, look)
    return panel


def of_assets(title: str, name: str, looks: Looks | None = None, *, nothing: str = "None") -> table.Panel:
    """Show rows that are about assets: `Asset` leads to its series."""
    return listing(
        title, name, {"asset_id": columns.hidden(), "Asset": columns.leads_to_asset(), **(looks or {})}, nothing=nothing
    )


def lines(name: str, *, title: str, unit: str = "none", nothing: str = "None in this time") -> timeseries.Panel:
    """Show a query's series as thin lines; a gap of more than a minute stays a gap."""
    return (
        timeseries.Panel()
        .title(title)
        .datasource(source())
        .with_target(Ask(name, shape="time_series"))
        .no_value(nothing)
        .unit(unit)
        .show_points(VisibilityMode.NEVER)
        .span_nulls(60_000)
        .line_width(1)
        .legend(VizLegendOptions().show_legend(show_legend=True).display_mode(LegendDisplayMode.LIST))
        .tooltip(VizTooltipOptions().mode(TooltipDisplayMode.MULTI))
    )


def stacked(name: str, *, title: str, unit: str = "none", nothing: str = "None in this time") -> timeseries.Panel:
    """Show a query's series on top of one another, as bars of an interval each."""
    return (
        lines(name, title=title, unit=unit, nothing=nothing)
        .min(0)
        .draw_style(_bars())
        .fill_opacity(80)
        .line_width(0)
        .stacking(StackingConfig().mode(StackingMode.NORMAL).group("A"))
    )


def score_panel(name: str, *, title: str, description: str) -> timeseries.Panel:
    """Show scores over time, with the steps at which an asset is watched and is in alarm."""
    return (
        lines(name, title=title)
        .description(description)
        .min(0)
        .axis_soft_max(1)
        .decimals(2)
        .thresholds(thresholds(SCORE_STEPS[1:]))
        .thresholds_style(GraphThresholdsStyleConfig().mode(GraphThresholdsStyleMode.DASHED))
    )


def timeline(name: str, *, title: str, said: Words, points: int, description: str = "") -> statetimeline.Panel:
    """Show by which word something was, from when to when; the query gives a number a row."""
    return (
        statetimeline.Panel()
        .title(title)
        .description(description)
        .datasource(source())
        .with_target(Ask(name, shape="time_series"))
        .no_value("None in this time")
        .max_data_points(points)
        .merge_values(merge_values=True)
        .show_value(VisibilityMode.AUTO)
        .fill_opacity(90)
        .line_width(0)
        .row_height(0.85)
        .per_page(20)
        .mappings(_mappings(said))
        .legend(VizLegendOptions().show_legend(show_legend=False))
    )


def history(name: str, *, title: str, said: Words, points: int, description: str = "") -> statushistory.Panel:
    """Show how something was in each interval, a square each."""
    return (
        statushistory.Panel()
        .title(title)
        .description(description)
        .datasource(source())
        .with_target(Ask(name, shape="time_series"))
        .no_value("None in this time")
        .max_data_points(points)
        .show_value(VisibilityMode.NEVER)
        .fill_opacity(90)
        .row_height(0.85)
        .col_width(0.9)
        .per_page(20)
        .mappings(_mappings(said))
        .legend(VizLegendOptions().show_legend(show_legend=False))
    )


def bars(title: str, name: str, *, by: str, unit: str = "none", nothing: str = "None") -> barchart.Panel:
    """Show a bar a row, named by the column `by`."""
    return (
        barchart.Panel()
        .title(title)
        .datasource(source())
        .with_target(Ask(name))
        .no_value(nothing)
        .unit(unit)
        .x_field(by)
        .override_by_name(by, [Property("unit", value="string")])  # else a name such as 1 is written in the bars' unit
        .show_value(VisibilityMode.AUTO)
        .bar_width(0.8)
        .fill_opacity(80)
        .axis_placement(AxisPlacement.AUTO)
        .x_tick_label_max_length(18)
        .legend(VizLegendOptions().show_legend(show_legend=True).placement(LegendPlacement.BOTTOM))
        .tooltip(VizTooltipOptions().mode(TooltipDisplayMode.MULTI))
    )


def gauges(title: str, name: str, *, unit: str, most: float, steps: Steps, nothing: str = "None") -> bargauge.Panel:
    """Show a horizontal bar a row, named by the row's first column, in the colours of the steps."""
    return (
        bargauge.Panel()
        .title(title)
        .datasource(source())
        .with_target(Ask(name))
        .no_value(nothing)
        .unit(unit)
        .min(0)
        .max(most)
        .orientation(VizOrientation.HORIZONTAL)
        .reduce_options(ReduceDataOptions().values(values=True).limit(25).fields("/.*/"))
        .thresholds(thresholds(steps))
    )


def in_words(panel: Any, looks: Looks) -> Any:
    """Give the panel's columns or series their looks."""
    for column, look in looks.items():
        panel = panel.override_by_name(column, look)
    return panel


def _mappings(said: Words) -> list[Any]:
    from grafana_foundation_sdk.models.dashboard import ValueMap, ValueMappingResult

    options = {
        value: ValueMappingResult(text=text, color=colour, index=index)
        for index, (value, (text, colour)) in enumerate(said.items())
    }
    return [ValueMap(options=options)]


def _bars() -> Any:
    from grafana_foundation_sdk.models.common import GraphDrawStyle

    return GraphDrawStyle.BARS


def properties(**values: object) -> list[Property]:
    """Write properties of a field by their names, `__` standing for a dot."""
    return [Property(name.replace("__", "."), value=value) for name, value in values.items()]
