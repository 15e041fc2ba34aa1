"""`assetloop bench desk`: findings become alerts and orders, and go out; none lost, none twice.

First so many findings wait, and the desks turn them into alerts and orders. Then a worker sends what came of them. Then
findings are written at a rate, and each is followed to the messages of its alert and of its order at the broker. Desks
and worker are processes as in production.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psutil

from lifecycle.register.importing import import_plant
from plant.asset import Asset, AssetClass, Plant, Site
from plant.clock import SystemClock
from plant.errors import Unavailable
from plant.finding import Finding, FindingSource, Share
from plant.severity import Severity
from service.bench.broker import listening, mosquitto
from service.bench.desk_figures import DeskFigures, FollowedMessages, part_of
from service.bench.flow import WatchedProcesses
from service.bench.ground import running, scratch
from service.runtime.screen import Screen
from service.runtime.surroundings import Surroundings
from storage.bench import desk_counts as counts
from storage.core.database import Database, Role, Transaction
from storage.models import findings
from storage.register import assets

_SITE, _CLASS = "bench", "machine"
_MODES = ("VIB", "OHE", "PDE", "ELP", "NOI", "STP", "UST", "BRD", "LOO", "OTH")
_TOPICS = tuple(f"assetloop/v1/{_SITE}/+/{what}" for what in ("alert", "workorder"))
_PATIENCE_S = 120.0


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskBench:
    """So many findings at so many assets, all there when the desks begin; and then `rate` a second for `seconds`."""

    findings: int = 10_000
    assets: int = 1_000
    desks: int = 2
    rate: int = 100
    seconds: float = 10.0


def bench_desk(around: Surroundings, what: DeskBench, screen: Screen) -> DeskFigures:
    """Measure it in a database that is thrown away, with a broker of its own.

    Raises:
        Misconfigured: there is no mosquitto, or the database cannot be used.
        Unavailable: nothing more came of the findings.
    """
    with (
        scratch(around) as url,
        tempfile.TemporaryDirectory(prefix="assetloop-bench-") as folder,
        mosquitto(Path(folder) / "broker") as broker,
        Database(url, role=Role.APP) as database,
    ):
        with screen.step("writing findings"):
            asset_ids = _plant(database, what.assets)
            per_asset = -(-what.findings // what.assets)
            _write(database, [(asset_ids[n // per_asset], n % per_asset) for n in range(what.findings)])
        settings = {"ASSETLOOP_DATABASE_URL": url, "ASSETLOOP_MQTT_URL": broker.url}
        with running(["desk"] * what.desks, Path(folder), settings) as desks:
            with screen.step("raising alerts and orders"):
                seconds, used = _raised(database, desks)
            first = counts.count(url)
            with running(["work"], Path(folder), settings), listening(broker.url, _TOPICS) as heard:
                with screen.step("sending them"):
                    sending_s = _until(database, counts.unsent)
                with screen.step("findings at a rate"):
                    written = _at_a_rate(database, asset_ids, what, per_asset)
                    _until(database, counts.waiting)
                    _until(database, counts.unsent)
                    heard.settle()
                rows = counts.delays_ms(url, min(written.values()))
    return _figures(what, seconds, used, first, sending_s, rows, FollowedMessages.of(heard, written))


def _figures(
    what: DeskBench,
    seconds: float,
    used: dict[str, float],
    first: dict[str, int],
    sending_s: float,
    rows: Sequence[float],
    messages: FollowedMessages,
) -> DeskFigures:
    return DeskFigures(
        findings=what.findings,
        desks=what.desks,
        seconds=seconds,
        findings_per_s=what.findings / seconds,
        desk_cpu_ms=1000 * used["desks"] / what.findings,
        database_cpu_ms=1000 * used.get("database", float("nan")) / what.findings,
        alerts=first["alerts"],
        orders=first["orders"],
        lost=what.findings - first["seen"],
        doubled=first["doubled"],
        incidents=first["incidents"],
        notices=first["notices"],
        sending_s=sending_s,
        rate=what.rate,
        row_p50_ms=part_of(rows, 0.5),
        row_p99_ms=part_of(rows, 0.99),
        alert_message_p50_ms=part_of(messages.of_alerts, 0.5),
        alert_message_p99_ms=part_of(messages.of_alerts, 0.99),
        order_message_p50_ms=part_of(messages.of_orders, 0.5),
        order_message_p99_ms=part_of(messages.of_orders, 0.99),
        unsent=messages.unsent,
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


def _write(database: Database, wanted: Sequence[tuple[int, int]]) -> dict[UUID, datetime]:
    """Write findings; return their ids with the instant just before."""
    now, written = SystemClock().now(), dict[UUID, datetime]()
    with database.transaction() as tx:
        for asset_id, number in wanted:
            findings.record(
                tx,
                Finding(
                    finding_id=(finding_id := uuid4()),
                    asset_id=asset_id,
                    kind=f"kind_{number}",
                    failure_mode=_MODES[number] if number < len(_MODES) else f"M{number}",
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
            written[finding_id] = now
    return written


def _raised(database: Database, desks: Sequence[psutil.Process]) -> tuple[float, dict[str, float]]:
    """Wait until the desks have looked at all that waits; return the seconds and the processor's, from the first on."""
    waiting = _waiting(database, counts.waiting)
    until = time.monotonic() + _PATIENCE_S
    while _waiting(database, counts.waiting) == waiting:
        if time.monotonic() > until:
            raise Unavailable("the desks do not begin; what they say is above")
        time.sleep(0.01)
    watched = WatchedProcesses.beside_server(database, {"desks": list(desks)})
    watched.start()
    return _until(database, counts.waiting), watched.used()


def _waiting(database: Database, count: Callable[[Transaction], int]) -> int:
    with database.transaction() as tx:
        return count(tx)


def _until(database: Database, count: Callable[[Transaction], int]) -> float:
    """Wait until nothing waits any more; return how long that took."""
    began, least, since = time.monotonic(), None, time.monotonic()
    while waiting := _waiting(database, count):
        if least is None or waiting < least:
            least, since = waiting, time.monotonic()
        if time.monotonic() - since > _PATIENCE_S:
            raise Unavailable(f"{waiting:,} still wait, and nothing more came of them for {_PATIENCE_S:.0f} s")
        time.sleep(0.05)
    return time.monotonic() - began


def _at_a_rate(database: Database, asset_ids: Sequence[int], what: DeskBench, number: int) -> dict[UUID, datetime]:
    """Write findings one by one at a rate."""
    began, written = time.perf_counter(), dict[UUID, datetime]()
    for n in range(int(what.rate * what.seconds)):
        pause = began + n / what.rate - time.perf_counter()
        if pause > 0:
            time.sleep(pause)
        written |= _write(database, [(asset_ids[n % len(asset_ids)], number + n // len(asset_ids))])
    return written
