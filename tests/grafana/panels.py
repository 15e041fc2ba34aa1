"""Run what built dashboards ask, as Grafana would: as its role, with its macros and variables expanded."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grafana.questions import PanelQuestion, Variables, View, panels, questions
from storage.core.database import Database, Role, Transaction

__all__ = ["Answer", "dashboards", "panels", "run_panels"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What one query gave: its columns with their types, its rows, and how long it took."""

    question: PanelQuestion
    columns: dict[str, str]
    rows: list[dict[str, Any]]
    took_s: float

    @property
    def dashboard(self) -> str:
        return self.question.dashboard

    @property
    def panel(self) -> dict[str, Any]:
        return self.question.panel

    @property
    def sql(self) -> str:
        return self.question.sql

    @property
    def shape(self) -> str:
        return self.question.shape

    @property
    def title(self) -> str:
        return self.question.title


def run_panels(
    database_url: str, folder: Path, *, variables: Variables | None = None, now: datetime | None = None
) -> list[Answer]:
    """Run every query of every panel below `folder`, as Grafana's role, over the time that the dashboard shows."""
    end = now or datetime.now(UTC)
    view = View(start=end, end=end, timescale=_has_timescale(folder))
    with Database(database_url, role=Role.GRAFANA, most=1) as database, database.transaction() as tx:
        return [answer for path in dashboards(folder) for answer in _run(tx, path, view, variables or {})]


def dashboards(folder: Path) -> list[Path]:
    """List the dashboards of a built folder."""
    return sorted((folder / "dashboards").rglob("*.json"))


def _run(tx: Transaction, path: Path, view: View, given: Variables) -> Iterator[Answer]:
    dashboard = json.loads(path.read_text(encoding="utf-8"))
    for question in questions(dashboard, view, given, lambda _, sql: tx.connection.execute(sql.encode()).fetchall()):
        yield _asked(tx, question)


def _asked(tx: Transaction, question: PanelQuestion) -> Answer:
    began = time.perf_counter()
    cursor = tx.connection.execute(question.sql.encode())
    rows = cursor.fetchall()
    types = tx.connection.adapters.types
    return Answer(
        question=question,
        columns={
            one.name: found.name if (found := types.get(one.type_code)) else "?" for one in cursor.description or ()
        },
        rows=rows,
        took_s=time.perf_counter() - began,
    )


def _has_timescale(folder: Path) -> bool:
    file = folder / "provisioning" / "datasources" / "assetloop.yaml"
    return bool(json.loads(file.read_text(encoding="utf-8"))["datasources"][0]["jsonData"]["timescaledb"])
