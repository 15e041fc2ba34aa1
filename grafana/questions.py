"""What built dashboards ask of the record, with macros and variables expanded as Grafana does it.

The panels' test and the panels' bench run these as the role that Grafana has, without a Grafana.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

Variables = Mapping[str, str | list[str]]
Ask = Callable[[str, str], Sequence[Mapping[str, Any]]]
"""Runs the SQL of a variable, by its name, and gives the rows."""

_MACRO = re.compile(r"\$([_a-zA-Z0-9]+)\(([^)]*)\)")  # as in Grafana's pkg/tsdb/sqleng: no `)` within
_VARIABLE = re.compile(r"\$\{?(\w+)(?::\w+)?\}?")
_POINTS = 1000  # so many does a panel want that is about as wide as a screen


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """What a person is looking at: a time range, an interval, and whether the source has TimescaleDB."""

    start: datetime
    end: datetime
    interval_s: float = 10.0
    timescale: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PanelQuestion:
    """One query of a panel, or of the marks on a dashboard's charts, as it is sent to the record."""

    dashboard: str
    panel: dict[str, Any]
    sql: str
    shape: str

    @property
    def title(self) -> str:
        """Name it for a person."""
        return f"{self.dashboard} · {self.panel['title']}"


def questions(dashboard: Mapping[str, Any], view: View, given: Variables, ask: Ask) -> Iterator[PanelQuestion]:
    """Yield all that a dashboard asks when it is opened, over the time that it shows up to the end of `view`.

    A variable is taken from `given`; else it is all there are, where that may be chosen, or the first that its own
    query offers.
    """
    view = replace(view, start=view.end - _range(dashboard))
    variables = dict(given)
    for variable in dashboard["templating"].get("list", ()):
        if variable["type"] == "query":
            variables[variable["name"]] = _chosen(ask, variable, view, variables)
    for panel in panels(dashboard):
        points = panel.get("maxDataPoints") or _POINTS
        shown = replace(view, interval_s=max(1.0, round((view.end - view.start).total_seconds() / points)))
        for target in panel.get("targets", ()):
            if "rawSql" in target:
                yield _question(dashboard, panel, target, expand(target["rawSql"], shown, variables))
    for annotation in dashboard["annotations"].get("list", ()):
        if "rawSql" in (target := annotation.get("target", {})):
            marks = {"title": annotation["name"], "type": "marks"}
            yield _question(dashboard, marks, target, expand(target["rawSql"], view, variables))


def panels(dashboard: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield each panel, those of rows included."""
    for panel in dashboard["panels"]:
        yield from panel.get("panels", ())
        if panel["type"] != "row":
            yield panel


def expand(sql: str, view: View, variables: Variables) -> str:
    """Expand variables, then macros, as the browser and the server do.

    >>> from datetime import UTC
    >>> hour = datetime(2026, 1, 1, tzinfo=UTC)
    >>> expand("SELECT $site", View(start=hour, end=hour), {"site": "'north'"})
    "SELECT 'north'"
    """
    return _MACRO.sub(lambda match: _macro(match[1], _arguments(match[2]), view), _interpolate(sql, view, variables))


def _question(
    dashboard: Mapping[str, Any], panel: dict[str, Any], target: Mapping[str, str], sql: str
) -> PanelQuestion:
    return PanelQuestion(dashboard=dashboard["title"], panel=panel, sql=sql, shape=target["format"])


def _range(dashboard: Mapping[str, Any]) -> timedelta:
    number, unit = dashboard["time"]["from"].removeprefix("now-")[:-1], dashboard["time"]["from"][-1]
    return {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "M": timedelta(days=31)}[
        unit
    ] * int(number)


def _chosen(ask: Ask, variable: Mapping[str, Any], view: View, known: Variables) -> str | list[str]:
    """Choose as a browser does that opens the dashboard; what is chosen of one or all is quoted by Grafana."""
    name = variable["name"]
    offered = [
        str(row.get("__value", next(iter(row.values())))) for row in ask(name, expand(variable["query"], view, known))
    ]
    if name in known:
        chosen = str(known[name])
        return "'" + chosen.replace("'", "''") + "'" if variable.get("includeAll") else chosen
    if variable.get("multi"):
        return offered
    if variable.get("includeAll"):
        return str(variable["allValue"])
    return next(iter(offered), "")


def _interpolate(sql: str, view: View, variables: Variables) -> str:
    known: dict[str, str | list[str]] = {
        "__interval": f"{view.interval_s:g}s",
        "__interval_ms": f"{view.interval_s * 1000:.0f}",
        **variables,
    }

    def replaced(match: re.Match[str]) -> str:
        value = known.get(match[1])
        if value is None:
            return match[0]
        if isinstance(value, list):
            return ",".join("'" + one.replace("'", "''") + "'" for one in value)
        return value if value.startswith("'") else value.replace("'", "''")

    return _VARIABLE.sub(replaced, sql)


def _arguments(text: str) -> list[str]:
    return [part.strip().strip("'") for part in text.split(",")]


def _macro(name: str, arguments: list[str], view: View) -> str:
    if name == "__timeFilter":
        return f"{arguments[0]} BETWEEN '{view.start.isoformat()}' AND '{view.end.isoformat()}'"
    if name == "__timeFrom":
        return f"'{view.start.isoformat()}'"
    if name == "__timeTo":
        return f"'{view.end.isoformat()}'"
    if name in ("__timeGroup", "__timeGroupAlias"):
        seconds = float(arguments[1].removesuffix("s"))
        grouped = f"floor(extract(epoch from {arguments[0]})/{seconds:g})*{seconds:g}"
        if view.timescale:
            grouped = f"time_bucket('{seconds:.3f}s',{arguments[0]})"
        return f'{grouped} AS "time"' if name.endswith("Alias") else grouped
    raise AssertionError(f"Grafana knows no macro ${name}")
