"""`assetloop bench panels`: how long every panel of every dashboard takes, beside a large plant's history.

Each question is put as Grafana puts it: by its role, with its macros and variables expanded, over the time that the
dashboard shows when it is opened, of all sites and areas.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from grafana.build import CONSOLE_URL, dashboards
from grafana.languages import DashboardLanguage
from grafana.questions import View, questions
from service.bench.ground import scratch
from service.runtime.screen import Screen
from service.runtime.surroundings import Surroundings
from storage.bench import panel_plant
from storage.bench.panel_plant import PanelPlant
from storage.core.database import Database, Role, Transaction
from storage.core.grade import Grade
from storage.schema.upkeep import grade_of
from storage.views.twin import read_twin

GOAL_MS = 200.0
_TIMES = 3
_MANY_ROWS = 50_000_000
_ROWS_A_SECOND = 200_000  # about so fast a plant is filled


@dataclass(frozen=True, kw_only=True, slots=True)
class PanelTime:
    """How long one question took, the best of several times, and how many rows it gave.

    `processor_ms` is what the server worked for it, to 10 ms, where it is on this machine: on a busy one that is what
    can be compared.
    """

    dashboard: str
    panel: str
    ms: float
    processor_ms: float | None
    rows: int

    def line(self) -> str:
        """Return its line of the table."""
        worked = "" if self.processor_ms is None else f"{self.processor_ms:5.0f} ms of processor "
        return f"{self.ms:8.1f} ms {worked}{self.rows:6} rows  {self.dashboard} · {self.panel}"


@dataclass(frozen=True, kw_only=True, slots=True)
class PanelFigures:
    """What was measured beside so many readings; variables are listed with their dashboard, `$name` as the panel."""

    grade: str
    readings: int
    assets: int
    panels: tuple[PanelTime, ...]

    @property
    def slow(self) -> list[PanelTime]:
        """Return those that take longer than the goal."""
        return [one for one in self.panels if one.ms > GOAL_MS]

    def lines(self) -> str:
        """Return the table, the slowest first."""
        ordered = sorted(self.panels, key=lambda one: -one.ms)
        return "\n".join(
            (
                f"{self.grade} grade, {self.readings:,} readings of {self.assets:,} assets",
                *[one.line() for one in ordered],
                f"{len(self.slow)} of {len(self.panels)} take longer than {GOAL_MS:.0f} ms",
            )
        )


def bench_panels(around: Surroundings, rows: int, assets: int, screen: Screen) -> PanelFigures:
    """Fill a scratch database with a plant of a year's life and `rows` readings, and ask it all that dashboards ask.

    Raises:
        Unavailable: the server cannot be reached.
        Misconfigured: the login may not create databases, or the product does not run on the server.
    """
    filled_by = datetime.now(UTC) + timedelta(minutes=1, seconds=rows / _ROWS_A_SECOND)
    until = filled_by.replace(second=0, microsecond=0)
    days = 7 if rows >= _MANY_ROWS else 2
    plant = PanelPlant(rows=rows, until=until, assets=assets, delivery_days=days)
    rate = plant.assets * plant.signals / plant.period_s
    with scratch(around, expected_values_per_s=rate) as url, Database(url, role=Role.APP) as app:
        with app.transaction() as tx:
            grade = grade_of(tx)
        with screen.bar("making a year of a plant", "steps") as bar:
            panel_plant.build(url, plant, grade, bar)
        with app.transaction() as tx:
            built = dashboards(read_twin(tx), DashboardLanguage.ENGLISH, console_url=CONSOLE_URL)
            project = panel_plant.first_project(tx)
        with Database(url, role=Role.GRAFANA, most=1) as watched, screen.bar("asking", "dashboards") as bar:
            found: list[PanelTime] = []
            for done, dashboard in enumerate(built.values(), 1):
                with watched.transaction() as tx:
                    found += asked_of(tx, dashboard, grade, project)
                bar(done, len(built))
        with app.transaction() as tx:
            count = panel_plant.readings(tx)
    return PanelFigures(grade=grade.value, readings=count, assets=assets, panels=tuple(found))


def asked_of(tx: Transaction, dashboard: dict[str, Any], grade: Grade, project: str) -> Sequence[PanelTime]:
    """Put every question of a dashboard, of the fastest machine and a project, and time each."""
    end = datetime.now(UTC)
    view = View(start=end, end=end, timescale=grade is not Grade.PLAIN)
    found: list[PanelTime] = []

    def asked(name: str, sql: str) -> list[dict[str, Any]]:
        told = panel_plant.ask(tx, sql, times=_TIMES)
        worked = None if told.processor_ms is None else round(told.processor_ms)
        found.append(
            PanelTime(
                dashboard=dashboard["title"],
                panel=name,
                ms=round(told.best_ms, 1),
                processor_ms=worked,
                rows=len(told.rows),
            )
        )
        return told.rows

    given = {"asset": str(panel_plant.FAST), "project": project}
    for question in questions(dashboard, view, given, lambda name, sql: asked(f"${name}", sql)):
        asked(str(question.panel["title"] or question.panel["type"]), question.sql)
    return found
