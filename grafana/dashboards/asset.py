"""The dashboard *Asset*: one asset's health, score, series, orders and lessons; a click on the twin leads here."""

from __future__ import annotations

from grafana_foundation_sdk.builders import table, timeseries
from grafana_foundation_sdk.builders.common import VizLegendOptions
from grafana_foundation_sdk.builders.dashboard import AnnotationQuery, Dashboard, QueryVariable
from grafana_foundation_sdk.models.common import LegendDisplayMode
from grafana_foundation_sdk.models.dashboard import VariableHide, VariableOption, VariableRefresh

from grafana import columns
from grafana.board import board, fill
from grafana.colours import HEALTH_STEPS
from grafana.links import ASSET_UID
from grafana.panels import (
    lines,
    listing,
    number,
    score_panel,
    stacked,
    timeline,
    word,
)
from grafana.sql import Ask, source, statement
from grafana.words import EVENTS, HEALTH, HEARD, OUTLOOK, QUALITY, RANKS


def asset_dashboard() -> Dashboard:
    """Build the dashboard; its variable `asset` holds an asset's id."""
    begun = (
        board("Asset", uid=ASSET_UID, time_from="now-1h", refresh="10s", of_one=True)
        .with_variable(_unit())
        .annotation(_marks("Alerts", "asset.alerts", "red"))
        .annotation(_marks("Work", "asset.work", "blue"))
    )
    return fill(
        begun,
        [
            (word("Health", "asset.health", "Health", HEALTH), 4, 5),
            (_status(), 15, 5),
            (number("Attention", "asset.attention"), 5, 5),
            (timeline("asset.health_over_time", title="Health over time", said=RANKS, points=500), 24, 4),
            (_score(), 12, 9),
            (_latest(), 12, 9),
            (_remaining_life(), 12, 4),
            (_wear(), 12, 12),
            (_shares(), 12, 8),
            (_orders(), 12, 8),
            (_lessons(), 12, 8),
            (_series(), 24, 9),
        ],
    )


def _unit() -> QueryVariable:
    return (
        QueryVariable("unit")
        .label("Units")
        .datasource(source())
        .query(statement("variables.unit"))
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .multi(multi=True)
        .include_all(include_all=True)
        .current(VariableOption(selected=True, text=["All"], value=["$__all"]))
        .hide(VariableHide.HIDE_VARIABLE)
    )


def _marks(name: str, ask: str, colour: str) -> AnnotationQuery:
    return AnnotationQuery().name(name).datasource(source()).enable(enable=True).icon_color(colour).target(Ask(ask))


def _status() -> table.Panel:
    looks = {
        "site": columns.hidden(),
        "asset": columns.hidden(),
        "Asset": columns.leads_to_console(80),
        "Area": columns.wide(90),
        "Class": columns.wide(110),
        "Percent": columns.bar(HEALTH_STEPS, "percent", 100),
        "State": columns.named(EVENTS, 90),
        "Scored": columns.moment(),
    }
    return listing("What it is", "asset.status", looks)


def _remaining_life() -> table.Panel:
    looks = {
        "Outlook": columns.words(OUTLOOK, 115),
        "Likely": columns.figure(75, "suffix: d", 0),
        "At least": columns.figure(75, "suffix: d", 0),
        "At most": columns.figure(75, "suffix: d", 0),
        "Probability": columns.part(90),
        "Wear limit": columns.wide(85),
        "As of": columns.moment(),
    }
    return listing("Remaining life", "asset.remaining_life", looks, nothing="Nothing is known yet").description(
        "Until its wear reaches the limit (in alarm lines), or machines of its class failed; counted from As of."
    )


def _score() -> timeseries.Panel:
    description = "0 is as in its healthy past, 1 is worst. Bars mark alerts and work."
    panel = score_panel("asset.score", title="Score", description=description)
    return panel.override_by_name("Alarm line", columns.limits("Alarm line"))


def _wear() -> timeseries.Panel:
    return (
        lines("asset.wear", title="Wear", nothing="No wear was measured in this time")
        .description("How far it has slowly left the state in which it was learnt: 1 is the alarm line.")
        .span_nulls(True)
        .min(0)
        .decimals(2)
    )


def _shares() -> timeseries.Panel:
    return stacked(
        "asset.shares", title="What findings are made of", unit="percentunit", nothing="Nothing was found in this time"
    )


def _latest() -> table.Panel:
    looks = {
        "Signal is": columns.words(HEARD, 85),
        "Last stored": columns.duration(90),
        "Unit": columns.wide(55),
        "Value": columns.figure(75, decimals=2),
        "Low": columns.wide(55),
        "High": columns.wide(55),
        "Quality": columns.named(QUALITY, 80),
    }
    return listing("Now", "asset.latest", looks)


def _orders() -> table.Panel:
    looks = {
        "No.": columns.leads_to_order(105),
        "Failure mode": columns.wide(105),
        "State": columns.wide(75),
        "Raised": columns.moment(),
        "Finish by": columns.moment(),
    }
    return listing("Work orders", "asset.orders", looks, nothing="There was no work order yet")


def _lessons() -> table.Panel:
    looks = {
        "No.": columns.leads_to_order(105),
        "Failure mode": columns.wide(105),
        "Seen": columns.least(110),
        "Cause": columns.least(100),
        "What helped": columns.least(110),
        "Kept": columns.day(),
    }
    return listing("Lessons about machines like it", "asset.lessons", looks, nothing="None was kept yet")


def _series() -> timeseries.Panel:
    panel = (
        lines("asset.series", title="Signals in $unit")
        .with_target(Ask("asset.limits", shape="time_series", ref_id="B"))
        .legend(VizLegendOptions().show_legend(show_legend=True).display_mode(LegendDisplayMode.LIST))
        .repeat("unit")
        .repeat_direction("h")
        .max_per_row(2)
    )
    return panel.override_by_regexp("/ [≤≥]$/", columns.limits("${__field.labels.metric}")[1:])
