"""A large plant with a year of life in a scratch database, and questions put to it as Grafana's role: for panels."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psutil

from storage.bench.yardstick import Progress, bring_to_rest
from storage.core.database import Role, Transaction, connect
from storage.core.driver_errors import in_our_terms
from storage.core.grade import Grade

_REGISTER = ("site", "classes", "assets", "service", "signals", "feeds", "machines", "models", "model_events")
_CONDITION = ("drift_checks", "wear", "remaining_life", "health")
_ALARMS = ("findings", "alerts", "alert_events", "incidents", "floods")
_ORDERS = ("orders", "order_events", "closings", "bookings", "labels", "lessons")
_PROJECTS = ("projects", "project_assets", "milestones", "gates", "documents", "punches", "signatures", "goals")
_INTAKE = ("slots", "quarantine", "clocks", "delivery_of_all", "delivery_hours", "batches")
_LIFE = (*_CONDITION, *_ALARMS, *_ORDERS, *_PROJECTS, "designs", *_INTAKE)
FAST = 1  # the machine whose signals speak every second


@dataclass(frozen=True, kw_only=True, slots=True)
class PanelPlant:
    """So many assets of so many signals, each of which speaks every `period_s`, until an instant.

    There are about `rows` readings: as many hours as that takes, one at the least. Minutes of the delivery record are
    of `delivery_days`.
    """

    rows: int
    until: datetime
    assets: int = 1000
    signals: int = 10
    period_s: float = 10.0
    delivery_days: int = 7

    @property
    def since(self) -> datetime:
        """Return when the readings begin."""
        hours = round(self.rows * self.period_s / (self.assets * self.signals) / 3600)
        return self.until - timedelta(hours=max(1, hours))


Step = tuple[str, dict[str, Any]]


def build(url: str, plant: PanelPlant, grade: Grade, progress: Progress) -> None:
    """Fill an empty, migrated database, as its owner, and bring it to rest."""
    steps = [*_register(plant), *_readings(plant, grade), *_life(plant)]
    with in_our_terms(), connect(url, role=Role.OWNER) as connection:
        connection.autocommit = True
        tx = Transaction(connection)
        tx.run("panel_plant.work_memory")
        tx.run("panel_plant.key_memory")
        for done, (name, values) in enumerate(steps, 1):
            tx.run(f"panel_plant.{name}", **values)
            progress(done, len(steps))
    bring_to_rest(url, grade, progress)
    with in_our_terms(), connect(url, role=Role.OWNER) as connection:
        connection.autocommit = True
        tx = Transaction(connection)
        now = tx.one("panel_plant.now")["now"]
        tx.run("panel_plant.latest", until=now)
        tx.run("upkeep.keep_figures", now=now)
        tx.run("panel_plant.settle")


def _register(plant: PanelPlant) -> Iterator[Step]:
    values = {"assets": plant.assets, "signals": plant.signals, "until": plant.until}
    yield from ((name, values) for name in _REGISTER)


def _readings(plant: PanelPlant, grade: Grade) -> Iterator[Step]:
    span = {"since": plant.since, "until": plant.until}
    yield "partitions", span
    yield "drop_key", {}
    for since, until in _spans(plant.since, plant.until, timedelta(hours=1)):
        hour = {"since": since, "until": until}
        yield "readings", {**hour, "period_s": plant.period_s}
        yield "fast_readings", {**hour, "asset_id": FAST}
        yield "scores", hour
        if grade is not Grade.COMMUNITY:  # there the server does it
            yield "minutes", hour
    yield "make_key", {}
    if grade is not Grade.COMMUNITY:
        yield "hours", span


def _life(plant: PanelPlant) -> Iterator[Step]:
    first = plant.until - timedelta(days=plant.delivery_days)
    for since, until in _spans(first, plant.until - timedelta(minutes=1), timedelta(days=1)):
        yield "delivery", {"since": since, "until": until}
    yield from ((name, {"until": plant.until}) for name in _LIFE)


def _spans(since: datetime, until: datetime, step: timedelta) -> Iterator[tuple[datetime, datetime]]:
    while since < until:
        yield since, min(since + step, until)
        since += step


@dataclass(frozen=True, kw_only=True, slots=True)
class PanelTold:
    """What the record answered, and the best of several times that took.

    `processor_ms` is what the server worked, to 10 ms; None where the server is on another machine.
    """

    rows: list[dict[str, Any]]
    best_ms: float
    processor_ms: float | None


def ask(tx: Transaction, sql: str, *, times: int) -> PanelTold:
    """Put a question as it stands, several times; the transaction's clock stands still meanwhile."""
    took, worked = [], []
    rows: list[dict[str, Any]] = []
    server = _server_here(tx)
    for _ in range(times):
        used, began = _worked_s(server), time.perf_counter()
        rows = tx.connection.execute(sql.encode()).fetchall()
        took.append(1000 * (time.perf_counter() - began))
        worked.append(1000 * (_worked_s(server) - used))
    return PanelTold(rows=rows, best_ms=min(took), processor_ms=min(worked) if server else None)


def _server_here(tx: Transaction) -> psutil.Process | None:
    """Return the server's process that answers, where it is reached by a socket of this machine."""
    here = tx.connection.info.host.startswith("/")
    return psutil.Process(tx.connection.info.backend_pid) if here else None


def _worked_s(process: psutil.Process | None) -> float:
    return 0.0 if process is None else sum(process.cpu_times()[:2])


def first_project(tx: Transaction) -> str:
    """Return the tag of a project that panels may be asked about."""
    return str(tx.one("panel_plant.project")["tag"])


def readings(tx: Transaction) -> int:
    """Return how many readings there are."""
    return int(tx.one("panel_plant.count")["readings"])
