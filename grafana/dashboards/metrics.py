"""The dashboard *Ingest by Prometheus*: what `/metrics` counts, for whoever scrapes it."""

from __future__ import annotations

from typing import Any

from grafana_foundation_sdk.builders import prometheus, timeseries
from grafana_foundation_sdk.builders.common import VizLegendOptions, VizTooltipOptions
from grafana_foundation_sdk.builders.dashboard import Dashboard, DatasourceVariable
from grafana_foundation_sdk.models.common import DataSourceRef, LegendDisplayMode, TooltipDisplayMode, VisibilityMode

from grafana.board import board, fill
from grafana.links import METRICS_UID

_SOURCE = DataSourceRef(type_val="prometheus", uid="${prometheus}")


def metrics_dashboard() -> Dashboard:
    """Build the dashboard; its variable `prometheus` is the data source."""
    begun = board("Ingest by Prometheus", uid=METRICS_UID, time_from="now-1h").with_variable(
        DatasourceVariable("prometheus").label("Prometheus").type("prometheus")
    )
    return fill(begun, [(_lines(*shown), width, 8) for width, shown in _shown()])


def _shown() -> list[tuple[int, tuple[str, str, dict[str, str]]]]:
    """List the panels: width, title, unit, and what is asked, each by the name of its line."""
    return [
        (12, ("Messages", "short", {"received": _a_second("received_messages_total")})),
        (12, ("Values by outcome", "short", {"{{outcome}}": _a_second("values_total", by="outcome")})),
        (12, ("From arrival to commit", "s", _quantiles("arrival_to_commit_seconds"))),
        (12, ("One commit", "s", _quantiles("commit_seconds"))),
        (8, ("Commits that did not hold", "short", {"failed": _a_second("failed_commits_total")})),
        (8, ("What waits", "bytes", {"spool": _sum("spool_bytes"), "memory left": _sum("window_free_bytes")})),
        (
            8,
            (
                "Sessions and faults",
                "short",
                {"{{state}}": _sum("sessions", by="state"), "{{fault}}": "max by (fault) (assetloop_ingest_fault)"},
            ),
        ),
    ]


def _a_second(counter: str, by: str = "") -> str:
    grouped = f" by ({by})" if by else ""
    return f"sum{grouped} (rate(assetloop_ingest_{counter}[$__rate_interval]))"


def _sum(gauge: str, by: str = "") -> str:
    grouped = f" by ({by})" if by else ""
    return f"sum{grouped} (assetloop_ingest_{gauge})"


def _quantiles(histogram: str) -> dict[str, str]:
    buckets = f"sum by (le) (rate(assetloop_ingest_{histogram}_bucket[$__rate_interval]))"
    return {"median": f"histogram_quantile(0.5, {buckets})", "99 %": f"histogram_quantile(0.99, {buckets})"}


def _lines(title: str, unit: str, asked: dict[str, str]) -> Any:
    panel = (
        timeseries.Panel()
        .title(title)
        .datasource(_SOURCE)
        .unit(unit)
        .no_value("None in this time")
        .show_points(VisibilityMode.NEVER)
        .line_width(1)
        .legend(VizLegendOptions().show_legend(show_legend=True).display_mode(LegendDisplayMode.LIST))
        .tooltip(VizTooltipOptions().mode(TooltipDisplayMode.MULTI))
    )
    for place, (legend, expression) in enumerate(asked.items()):
        panel = panel.with_target(
            prometheus.Dataquery().expr(expression).legend_format(legend).ref_id("ABC"[place]).datasource(_SOURCE)
        )
    return panel
