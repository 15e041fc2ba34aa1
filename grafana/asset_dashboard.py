"""The dashboard *Asset*: one asset's score and series; where a click on the twin leads."""

from __future__ import annotations

from grafana_foundation_sdk.builders import stat, table, timeseries
from grafana_foundation_sdk.builders.common import ReduceDataOptions
from grafana_foundation_sdk.builders.dashboard import AnnotationQuery, Dashboard, QueryVariable
from grafana_foundation_sdk.models.dashboard import VariableHide, VariableOption, VariableRefresh

from grafana import columns
from grafana.colours import HEALTH_STEPS, HEARD, UNKNOWN, WORDS, thresholds
from grafana.links import ASSET_UID
from grafana.plant_dashboard import begin, lines, number, score_panel
from grafana.sql import Ask, source, statement


def asset_dashboard() -> Dashboard:
    """Build the dashboard; its variable `asset` holds an asset's id."""
    return (
        begin("Asset", uid=ASSET_UID, time_from="now-1h")
        .with_variable(_asset())
        .with_variable(_unit())
        .annotation(_alerts())
        .with_panel(_health().id(1).span(4).height(5))
        .with_panel(_status().id(2).span(12).height(5))
        .with_panel(number("Attention", "asset.attention").id(3).span(8).height(5))
        .with_panel(_remaining_life().id(7).span(24).height(4))
        .with_panel(_score().id(4).span(14).height(9))
        .with_panel(_latest().id(5).span(10).height(9))
        .with_panel(_series().id(6).span(24).height(8))
    )


def _asset() -> QueryVariable:
    return (
        QueryVariable("asset")
        .label("Asset")
        .datasource(source())
        .query(statement("asset.variable_asset"))
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
    )


def _unit() -> QueryVariable:
    return (
        QueryVariable("unit")
        .label("Units")
        .datasource(source())
        .query(statement("asset.variable_unit"))
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .multi(multi=True)
        .include_all(include_all=True)
        .current(VariableOption(selected=True, text=["All"], value=["$__all"]))
        .hide(VariableHide.HIDE_VARIABLE)
    )


def _alerts() -> AnnotationQuery:
    return (
        AnnotationQuery()
        .name("Alerts")
        .datasource(source())
        .enable(enable=True)
        .icon_color("red")
        .target(Ask("asset.alerts"))
    )


def _health() -> stat.Panel:
    return (
        number("Health", "asset.health")
        .no_value("unknown")
        .reduce_options(ReduceDataOptions().calcs(["lastNotNull"]).fields("/.*/"))
        .override_by_name("Health", columns.meanings(WORDS))
        .thresholds(thresholds(((None, UNKNOWN),)))
    )


def _status() -> table.Panel:
    return (
        table.Panel()
        .title("What it is")
        .datasource(source())
        .with_target(Ask("asset.status"))
        .override_by_name("Health", columns.words(WORDS, 90))
        .override_by_name("Percent", columns.bar(HEALTH_STEPS, "percent", 100))
        .override_by_name("Scored", columns.wide(170))
    )


def _remaining_life() -> table.Panel:
    return (
        table.Panel()
        .title("Remaining life")
        .description(
            "Until its wear reaches the limit (in alarm lines), or machines of its class failed; counted from As of."
        )
        .datasource(source())
        .with_target(Ask("asset.remaining_life"))
        .override_by_name("Likely", columns.duration(110))
        .override_by_name("At least", columns.duration(110))
        .override_by_name("At most", columns.duration(110))
        .override_by_name("Probability", columns.part(100))
        .override_by_name("Wear limit", columns.wide(100))
        .override_by_name("As of", columns.wide(170))
    )


def _score() -> timeseries.Panel:
    description = "0 is as in its healthy past, 1 is worst. Bars mark alerts."
    return score_panel("asset.score", title="Score", description=description)


def _latest() -> table.Panel:
    return (
        table.Panel()
        .title("Now")
        .datasource(source())
        .with_target(Ask("asset.latest"))
        .override_by_name("Signal is", columns.words(HEARD, 80))
        .override_by_name("Last stored", columns.seconds(100))
        .override_by_name("Unit", columns.wide(70))
        .override_by_name("Value", columns.wide(90))
        .override_by_name("Quality", columns.wide(80))
    )


def _series() -> timeseries.Panel:
    return lines("asset.series", title="Signals in $unit").repeat("unit").repeat_direction("h").max_per_row(2)
