"""Run what built dashboards ask, as Grafana would: as its role, with its macros and variables expanded."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from storage.core.database import Database, Role, Transaction

Variables = Mapping[str, str | list[str]]
_MACRO = re.compile(r"\$([_a-zA-Z0-9]+)\(([^)]*)\)")  # as in Grafana's pkg/tsdb/sqleng: no `)` within
_VARIABLE = re.compile(r"\$\{?(\w+)(?::\w+)?\}?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What one query gave: its columns with their types, its rows, and how long it took."""

    dashboard: str
    panel: dict[str, Any]
    sql: str
    shape: str
    columns: dict[str, str]
    rows: list[dict[str, Any]]
    took_s: float

    @property
    def title(self) -> str:
        return f"{self.dashboard} · {self.panel['title']}"


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """What a person is looking at: a time range, an interval, and whether the source has TimescaleDB."""

    start: datetime
    end: datetime
    interval_s: float = 10.0
    timescale: bool = False


def run_panels(
    database_url: str, folder: Path, *, variables: Variables | None = None, now: datetime | None = None
) -> list[Answer]:
    """Run every query of every panel below `folder`, as the role that Grafana has, over the time the dashboard shows.

    A variable is taken from `variables`; else it is all there are, where that may be chosen, or the first that its own
    query offers.
    """
    end = now or datetime.now(UTC)
    with Database(database_url, role=Role.GRAFANA, most=1) as database, database.transaction() as tx:
        view = View(start=end, end=end, timescale=_has_timescale(folder))
        return [answer for path in dashboards(folder) for answer in _run(tx, path, view, variables or {})]


def dashboards(folder: Path) -> list[Path]:
    """List the dashboards of a built folder."""
    return sorted((folder / "dashboards").rglob("*.json"))


def panels(dashboard: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield each panel, those of rows included."""
    for panel in dashboard["panels"]:
        yield from panel.get("panels", ())
        if panel["type"] != "row":
            yield panel


def expand(sql: str, view: View, variables: Variables) -> str:
    """Expand variables, then macros, as the browser and the server do.

    >>> hour = datetime(2026, 1, 1, tzinfo=UTC)
    >>> expand("SELECT $site", View(start=hour, end=hour), {"site": "'north'"})
    "SELECT 'north'"
    """
    return _MACRO.sub(lambda match: _macro(match[1], _arguments(match[2]), view), _interpolate(sql, view, variables))


def _run(tx: Transaction, path: Path, view: View, given: Variables) -> Iterator[Answer]:
    dashboard = json.loads(path.read_text(encoding="utf-8"))
    view = replace(view, start=view.end - _range(dashboard))
    variables = dict(given)
    for variable in dashboard["templating"].get("list", ()):
        if variable["type"] == "query":
            variables[variable["name"]] = _chosen(tx, variable, view, variables)
    for panel in panels(dashboard):
        points = panel.get("maxDataPoints") or 1000
        shown = replace(view, interval_s=max(1.0, round((view.end - view.start).total_seconds() / points)))
        for target in panel.get("targets", ()):
            if "rawSql" in target:
                yield _asked(tx, dashboard["title"], panel, target, shown, variables)
    for annotation in dashboard["annotations"].get("list", ()):
        if "rawSql" in (target := annotation.get("target", {})):
            yield _asked(
                tx, dashboard["title"], {"title": annotation["name"], "type": "marks"}, target, view, variables
            )


def _asked(
    tx: Transaction, dashboard: str, panel: dict[str, Any], target: Mapping[str, str], view: View, variables: Variables
) -> Answer:
    sql = expand(target["rawSql"], view, variables)
    began = time.perf_counter()
    cursor = tx.connection.execute(sql.encode())
    rows = cursor.fetchall()
    types = tx.connection.adapters.types
    return Answer(
        dashboard=dashboard,
        panel=panel,
        sql=sql,
        shape=target["format"],
        columns={
            one.name: found.name if (found := types.get(one.type_code)) else "?" for one in cursor.description or ()
        },
        rows=rows,
        took_s=time.perf_counter() - began,
    )


def _range(dashboard: Mapping[str, Any]) -> timedelta:
    number, unit = dashboard["time"]["from"].removeprefix("now-")[:-1], dashboard["time"]["from"][-1]
    return {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "M": timedelta(days=31)}[
        unit
    ] * int(number)


def _chosen(tx: Transaction, variable: Mapping[str, Any], view: View, known: Variables) -> str | list[str]:
    """Choose as a browser does that opens the dashboard; what is chosen of one or all is quoted by Grafana."""
    rows = tx.connection.execute(expand(variable["query"], view, known).encode()).fetchall()
    offered = [_value(row) for row in rows]
    name = variable["name"]
    if name in known:
        chosen = str(known[name])
        return "'" + chosen.replace("'", "''") + "'" if variable.get("includeAll") else chosen
    if variable.get("multi"):
        return offered
    if variable.get("includeAll"):
        return str(variable["allValue"])
    return next(iter(offered), "")


def _value(row: Mapping[str, Any]) -> str:
    return str(row.get("__value", next(iter(row.values()))))


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


def _has_timescale(folder: Path) -> bool:
    file = folder / "provisioning" / "datasources" / "assetloop.yaml"
    return bool(json.loads(file.read_text(encoding="utf-8"))["datasources"][0]["jsonData"]["timescaledb"])
