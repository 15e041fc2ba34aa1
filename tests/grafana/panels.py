"""Run what built dashboards ask, as Grafana would: as its role, with its macros and variables expanded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from storage.core.database import Database, Role, Transaction

Variables = Mapping[str, str | list[str]]
_MACRO = re.compile(r"\$([_a-zA-Z0-9]+)\(([^)]*)\)")  # as in Grafana's pkg/tsdb/sqleng: no `)` within
_VARIABLE = re.compile(r"\$\{?(\w+)(?::\w+)?\}?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What one query gave."""

    dashboard: str
    panel: str
    sql: str
    rows: list[dict[str, Any]]


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
    """Run every query of every panel below `folder`, as the role that Grafana has, over the hour before `now`.

    A variable is taken from `variables`, or is the first that its own query offers; one of several values is all
    of them.
    """
    end = now or datetime.now(UTC)
    with Database(database_url, role=Role.GRAFANA, most=1) as database, database.transaction() as tx:
        view = View(start=end - timedelta(hours=1), end=end, timescale=_has_timescale(folder))
        return [answer for path in dashboards(folder) for answer in _run(tx, path, view, variables or {})]


def dashboards(folder: Path) -> list[Path]:
    """List the dashboards of a built folder."""
    return sorted((folder / "dashboards").glob("*.json"))


def targets(dashboard: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each panel's title and each of its queries."""
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["rawSql"]


def expand(sql: str, view: View, variables: Variables) -> str:
    """Expand variables, then macros, as the browser and the server do."""
    return _MACRO.sub(lambda match: _macro(match[1], _arguments(match[2]), view), _interpolate(sql, view, variables))


def _run(tx: Transaction, path: Path, view: View, given: Variables) -> Iterator[Answer]:
    dashboard = json.loads(path.read_text(encoding="utf-8"))
    variables = dict(given)
    for variable in dashboard["templating"].get("list", ()):
        if variable["name"] not in variables:
            offered = [_value(row) for row in _rows(tx, expand(variable["query"], view, variables))]
            variables[variable["name"]] = offered if variable.get("multi") else next(iter(offered), "")
    for title, raw in targets(dashboard):
        sql = expand(raw, view, variables)
        yield Answer(dashboard=dashboard["title"], panel=title, sql=sql, rows=_rows(tx, sql))
    for annotation in dashboard["annotations"].get("list", ()):
        sql = expand(annotation["target"]["rawSql"], view, variables)
        _rows(tx, sql)  # may be empty: a plant without alerts is no fault


def _rows(tx: Transaction, sql: str) -> list[dict[str, Any]]:
    return tx.connection.execute(sql.encode()).fetchall()


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
        return value.replace("'", "''")

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
