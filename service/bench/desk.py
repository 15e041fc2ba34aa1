"""`assetloop bench desk`: findings become alerts and orders, by several desks at once; none lost, none twice."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from lifecycle.register.importing import import_plant
from plant.asset import Asset, AssetClass, Plant, Site
from plant.clock import SystemClock
from plant.finding import Finding, FindingSource, Share
from plant.severity import Severity
from service.bench.ground import scratch
from service.runtime.screen import Screen
from service.runtime.surroundings import Surroundings
from storage.bench import desk_counts as counts
from storage.core.database import Database, Role
from storage.models import findings
from storage.register import assets

_SITE, _CLASS = "bench", "machine"
_MODES = ("VIB", "OHE", "PDE", "ELP", "NOI", "STP", "UST", "BRD", "LOO", "OTH")


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskBench:
    """So many findings at so many assets, all there when the desks begin; and then `rate` a second for `seconds`."""

    findings: int = 10_000
    assets: int = 1_000
    desks: int = 2
    rate: int = 100
    seconds: float = 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskFigures:
    """What was measured: the time for all, and what came of them; then from a finding's row to its alert's, in ms."""

    findings: int
    desks: int
    seconds: float
    findings_per_s: float
    alerts: int
    orders: int
    lost: int
    doubled: int
    incidents: int
    notices: int
    p50_ms: float
    p99_ms: float

    def lines(self) -> str:
        """Say it in words."""
        return "\n".join(
            (
                f"{self.findings:,} findings by {self.desks} desks: {self.seconds:.1f} s, {self.findings_per_s:,.0f}/s",
                f"{self.alerts:,} alerts, {self.orders:,} orders, {self.lost} lost, {self.doubled} doubled",
                f"{self.incidents:,} incidents, {self.notices:,} notices",
                f"from a finding's row to its alert and order: median {self.p50_ms:.0f} ms, p99 {self.p99_ms:.0f} ms",
            )
        )


def bench_desk(around: Surroundings, what: DeskBench, screen: Screen) -> DeskFigures:
    """Measure it in a database that is thrown away."""
    with scratch(around) as url, Database(url, role=Role.APP) as database:
        with screen.step("writing findings"):
            asset_ids = _plant(database, what.assets)
            per_asset = -(-what.findings // what.assets)
            _write(database, [(asset_ids[n // per_asset], n % per_asset) for n in range(what.findings)])
        desks, began = _start(url, what.desks), time.perf_counter()
        _wait(database)
        seconds = time.perf_counter() - began
        first = counts.count(url)
        delays = _at_a_rate(database, url, asset_ids, what, per_asset)
        for process in desks:
            process.terminate()
            process.join()
    return DeskFigures(
        findings=what.findings,
        desks=what.desks,
        seconds=seconds,
        findings_per_s=what.findings / seconds,
        alerts=first["alerts"],
        orders=first["orders"],
        lost=what.findings - first["seen"],
        doubled=first["doubled"],
        incidents=first["incidents"],
        notices=first["notices"],
        p50_ms=delays[len(delays) // 2],
        p99_ms=delays[int(0.99 * (len(delays) - 1))],
    )


def _plant(database: Database, count: int) -> list[int]:
    tags = [f"M-{number:05}" for number in range(count)]
    plant = Plant(
        site=Site(tag=_SITE, name="Bench"),
        classes=(AssetClass(tag=_CLASS, name="Machine"),),
        assets=tuple(
            Asset(tag=tag, name=tag, class_tag=_CLASS, area=f"A{number % 20}") for number, tag in enumerate(tags)
        ),
    )
    with database.transaction() as tx:
        import_plant(tx, plant, at=SystemClock().now())
        return [one.asset_id for one in assets.list_assets(tx)]


def _write(database: Database, wanted: Sequence[tuple[int, int]]) -> None:
    now = SystemClock().now()
    with database.transaction() as tx:
        for asset_id, number in wanted:
            findings.record(
                tx,
                Finding(
                    finding_id=uuid4(),
                    asset_id=asset_id,
                    kind=f"kind_{number}",
                    failure_mode=_MODES[number % len(_MODES)],
                    source=FindingSource.MODEL,
                    source_version="bench",
                    onset=now - timedelta(seconds=30),
                    updated=now,
                    severity=Severity.MAJOR,
                    score=0.7,
                    shares=(Share(signal="vibration", share=1.0, unit="mm/s"),),
                    window_from=now - timedelta(seconds=30),
                    window_to=now,
                ),
            )


def _start(url: str, count: int) -> list[multiprocessing.process.BaseProcess]:
    spawn = multiprocessing.get_context("spawn")
    desks = [spawn.Process(target=_work, args=(url,), daemon=True) for _ in range(count)]
    for process in desks:
        process.start()
    return list(desks)


def _work(url: str) -> None:
    """Be a desk until the process is ended."""
    import threading

    from alerts.alarms.desk import Desk

    with Database(url, role=Role.APP) as database:
        Desk(database, SystemClock()).run(threading.Event())


def _wait(database: Database) -> None:
    while True:
        with database.transaction() as tx:
            if counts.waiting(tx) == 0:
                return
        time.sleep(0.05)


def _at_a_rate(database: Database, url: str, asset_ids: Sequence[int], what: DeskBench, number: int) -> list[float]:
    """Write findings one by one at a rate; return how long each took until its alert was there, in ms, sorted."""
    began, since = time.perf_counter(), counts.clock(url)
    for n in range(int(what.rate * what.seconds)):
        pause = began + n / what.rate - time.perf_counter()
        if pause > 0:
            time.sleep(pause)
        _write(database, [(asset_ids[n % len(asset_ids)], number + n // len(asset_ids))])
    _wait(database)
    return counts.delays_ms(url, since)
