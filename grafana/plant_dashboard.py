"""The dashboard *Plant*: health, scores, open alerts, open work orders and freshness of everything."""

from __future__ import annotations

from grafana_foundation_sdk.builders import stat, table, timeseries
from grafana_foundation_sdk.builders.common import (
    GraphThresholdsStyleConfig,
    ReduceDataOptions,
    VizLegendOptions,
    VizTooltipOptions,
)
from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    BigValueTextMode,
    GraphThresholdsStyleMode,
    LegendDisplayMode,
    TooltipDisplayMode,
    VisibilityMode,
)
from grafana_foundation_sdk.models.dashboard import DashboardCursorSync, DashboardLink, DashboardLinkType
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue as Property

from grafana import columns
from grafana.colours import (
    AGE_STEPS_S,
    COUNT_STEPS,
    HEALTH_STEPS,
    HEARD,
    NONE,
    PRODUCT,
    SCORE_STEPS,
    SEVERITIES,
    WORDS,
    thresholds,
    thresholds_json,
)
from grafana.links import PLANT_UID
from grafana.sql import Ask, source

TAG = "assetloop"


def plant_dashboard() -> Dashboard:
    """Build the dashboard; it does not depend on what is registered."""
    return (
        begin("Plant", uid=PLANT_UID, time_from="now-1h")
        .with_panel(_by_health().id(1).span(12).height(4))
        .with_panel(number("Alerts", "plant.count_open_alerts").id(2).span(4).height(4))
        .with_panel(number("Work orders", "plant.count_open_orders").id(3).span(4).height(4))
        .with_panel(_newest().id(4).span(4).height(4))
        .with_panel(_health().id(5).span(12).height(14))
        .with_panel(_scores().id(6).span(12).height(14))
        .with_panel(_open_alerts().id(7).span(12).height(8))
        .with_panel(_open_orders().id(8).span(12).height(8))
        .with_panel(_freshness().id(9).span(24).height(13))
        .with_panel(_product().id(10).span(24).height(5))
    )


class _Others(Builder[DashboardLink]):
    """Links to the other dashboards, in sight: the library would put them into a menu."""

    def build(self) -> DashboardLink:
        return _InSight(title="Others", type_val=DashboardLinkType.DASHBOARDS, tags=[TAG], keep_time=True)


class _InSight(DashboardLink):
    def to_json(self) -> dict[str, object]:
        return {key: value for key, value in super().to_json().items() if key != "placement"}


def begin(title: str, *, uid: str, time_from: str) -> Dashboard:
    """Begin a dashboard as all of ours begin: read-only, refreshed, linked to the others."""
    return (
        Dashboard(title)
        .uid(uid)
        .tags([TAG])
        .readonly()
        .timezone("browser")
        .refresh("10s")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .time(time_from, "now")
        .link(_Others())
    )


def number(title: str, name: str) -> stat.Panel:
    """Show how many there are: green at none, red from one."""
    return (
        stat.Panel()
        .title(title)
        .datasource(source())
        .with_target(Ask(name))
        .reduce_options(ReduceDataOptions().calcs(["lastNotNull"]))
        .thresholds(thresholds(COUNT_STEPS))
        .color_mode(BigValueColorMode.BACKGROUND_SOLID)
        .graph_mode(BigValueGraphMode.NONE)
    )


def score_panel(name: str, *, title: str, description: str) -> timeseries.Panel:
    """Show scores over time, with the steps at which an asset is watched and is in alarm."""
    return (
        lines(name, title=title)
        .description(description)
        .min(0)
        .axis_soft_max(1)
        .thresholds(thresholds(SCORE_STEPS[1:]))
        .thresholds_style(GraphThresholdsStyleConfig().mode(GraphThresholdsStyleMode.DASHED))
    )


def lines(name: str, *, title: str) -> timeseries.Panel:
    """Show a query's series as thin lines; a gap of more than a minute stays a gap."""
    return (
        timeseries.Panel()
        .title(title)
        .datasource(source())
        .with_target(Ask(name, shape="time_series"))
        .show_points(VisibilityMode.NEVER)
        .span_nulls(60_000)
        .line_width(1)
        .legend(VizLegendOptions().show_legend(show_legend=True).display_mode(LegendDisplayMode.LIST))
        .tooltip(VizTooltipOptions().mode(TooltipDisplayMode.MULTI))
    )


def _by_health() -> stat.Panel:
    panel = (
        number("Health", "plant.by_health")
        .text_mode(BigValueTextMode.VALUE_AND_NAME)
        .description("How many assets there are of each health, the best first.")
    )
    for word, colour in WORDS.items():
        panel.override_by_name(word, [Property("thresholds", value=thresholds_json(((None, NONE), (1.0, colour))))])
    return panel


def _newest() -> stat.Panel:
    return number("Newest reading", "plant.newest").unit("s").decimals(0).thresholds(thresholds(AGE_STEPS_S))


def _table(title: str, name: str, asset_width: int = 90) -> table.Panel:
    return (
        table.Panel()
        .title(title)
        .datasource(source())
        .with_target(Ask(name))
        .override_by_name("asset_id", columns.hidden())
        .override_by_name("Asset", columns.leads_to_asset(asset_width))
    )


def _health() -> table.Panel:
    return (
        _table("Assets", "plant.health")
        .override_by_name("Health", columns.words(WORDS, 90))
        .override_by_name("Percent", columns.bar(HEALTH_STEPS, "percent", 100))
    )


def _scores() -> timeseries.Panel:
    return score_panel("plant.scores", title="Scores", description="0 is as in its healthy past, 1 is worst.")


def _open_alerts() -> table.Panel:
    return (
        _table("Open alerts", "plant.open_alerts")
        .override_by_name("Severity", columns.words(SEVERITIES))
        .override_by_name("Kind", columns.wide(100))
        .override_by_name("State", columns.wide(150))
        .override_by_name("Onset", columns.wide(170))
        .override_by_name("Count", columns.wide(70))
    )


def _open_orders() -> table.Panel:
    return (
        _table("Open work orders", "plant.open_orders")
        .override_by_name("No.", columns.wide(100))
        .override_by_name("State", columns.wide(80))
        .override_by_name("Prio", columns.wide(60))
        .override_by_name("Finish by", columns.wide(170))
    )


def _product() -> table.Panel:
    return (
        table.Panel()
        .title("The product itself")
        .datasource(source())
        .with_target(Ask("plant.product"))
        .override_by_name("Product", columns.words(PRODUCT, 170))
        .override_by_name("Since", columns.wide(170))
    )


def _freshness() -> table.Panel:
    panel = _table("Freshness", "plant.freshness", 160)
    for name in ("Newest value is from", "Last stored", "Oldest signal"):
        panel.override_by_name(name, columns.seconds(180))
    return panel.override_by_name("Device", columns.words(HEARD, 90))
