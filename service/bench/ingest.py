"""`assetloop bench ingest`: what ingest stores in a second, as a share of what the server takes in one bare COPY.

One run: a broker, a scratch database, the ingest processes as they run in production, and a publisher that keeps a
bounded number of messages on the way. Then the very rows that were stored are copied back into the same, emptied table.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Literal

import psutil

from lifecycle.register.importing import import_plant
from plant.asset import Asset, AssetClass, Plant, SignalSpec, Site
from plant.errors import Unavailable
from service.bench.broker import BenchBroker, embedded, mosquitto
from service.bench.flow import MeasuredFlow, WatchedProcesses, measure
from service.bench.ground import running, scratch
from service.bench.ingest_figures import IngestFigures, Through, figures_of
from service.bench.packets import INSTANTS_OF_A_BATCH, MARKER, MARKER_KEY, SITE, PublishPlan, asset_tag, signal_key
from service.runtime.surroundings import Surroundings
from storage.bench import bare_copy
from storage.bench.bare_copy import Copied, Published
from storage.core.database import Database, Role
from storage.telemetry import delivery, slots

Payload = Literal["json", "batch", "sparkplug"]
Advance = Callable[[str, int, int], None]

_HOUR_MS = 3_600_000
_SPREAD_WITHIN_S, _LOOK_EVERY_S = 60.0, 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class IngestBench:
    """What to measure."""

    assets: int = 1000
    signals: int = 10
    seconds: float = 30.0
    workers: int = 1
    qos: int = 1
    payload: Payload = "json"
    tls: bool = False


def run(around: Surroundings, what: IngestBench, advance: Advance) -> IngestFigures:
    """Measure; `advance` hears what is being done, how much of it, and of how much.

    Raises:
        Misconfigured: there is no mosquitto, or the database cannot be used.
        Unavailable: something that was started does not work.
    """
    with tempfile.TemporaryDirectory(prefix="assetloop-bench-") as name:
        folder = Path(name)
        with (
            scratch(around) as url,
            mosquitto(folder / "mosquitto") as broker,
            Database(url, role=Role.OWNER, most=2) as database,
        ):
            through = _through(broker, database, url, what, folder, advance)
            copied = _raw_copies(database, folder, through.plan, advance)
        safe = embedded_one = None
        if what.tls:
            safe = _through_another(mosquitto(folder / "tls", tls=True), around, what, folder / "tls", advance)
        if what.workers == 1:
            place = folder / "embedded"
            embedded_one = _through_another(embedded(place), around, what, place, advance)
    return figures_of(through, what.workers, copied, tls=safe, embedded=embedded_one)


def _through(
    broker: BenchBroker, database: Database, url: str, what: IngestBench, folder: Path, advance: Advance
) -> Through:
    signal_ids = _register(database, what)
    plan = _plan(broker, what)
    with running(["ingest"] * what.workers, folder, _settings(url, broker, what.workers)) as workers:
        if what.workers > 1:
            _await_spread(database, what.workers)
        processes = {"ingest": workers, "broker": [psutil.Process(pid) for pid in broker.pids]}
        flow = measure(
            database,
            plan,
            WatchedProcesses.beside_server(database, processes),
            marker=signal_ids[MARKER][0],
            seconds=what.seconds,
            advance=lambda done, total: advance(f"publishing to {broker.name}", done, total),
        )
    missing, duplicate = _account(database, signal_ids, flow, plan)
    return Through(broker=broker.name, plan=plan, flow=flow, missing=missing, duplicate=duplicate)


def _await_spread(database: Database, workers: int) -> None:
    """Wait until each worker hears its share and nothing else; while one joins, what it takes over is stored twice.

    Raises:
        Unavailable: they do not come to that within a minute.
    """
    until_s = time.monotonic() + _SPREAD_WITHIN_S
    while time.monotonic() < until_s:
        with database.transaction() as tx:
            spread = slots.spread_slots(tx)
        if len(spread.ring.slots) == workers and set(spread.agreed.values()) == {spread.ring.version}:
            return
        time.sleep(_LOOK_EVERY_S)
    raise Unavailable(f"the workers did not share their work within {_SPREAD_WITHIN_S:.0f} s; ingest's log says why")


def _through_another(
    brings: AbstractContextManager[BenchBroker],
    around: Surroundings,
    what: IngestBench,
    folder: Path,
    advance: Advance,
) -> Through:
    """Measure the same with another broker and a new database."""
    with scratch(around) as url, brings as broker, Database(url, role=Role.OWNER, most=2) as database:
        return _through(broker, database, url, what, folder, advance)


def _register(database: Database, what: IngestBench) -> dict[str, list[int]]:
    """Put the plant of the bench into the register; return the numbers of its signals, by asset."""
    spoken = tuple(SignalSpec(key=signal_key(number), name="") for number in range(what.signals))
    plant = Plant(
        site=Site(tag=SITE, name="Bench"),
        classes=(
            AssetClass(tag="bench", name="Bench", signals=spoken),
            AssetClass(tag="marker", name="Marker", signals=(SignalSpec(key=MARKER_KEY, name=""),)),
        ),
        assets=(
            Asset(tag=MARKER, name="", class_tag="marker"),
            *(Asset(tag=asset_tag(number), name="", class_tag="bench") for number in range(what.assets)),
        ),
    )
    with database.transaction() as tx:
        import_plant(tx, plant, at=bare_copy.now(tx))
        return bare_copy.signal_ids(tx)


def _plan(broker: BenchBroker, what: IngestBench) -> PublishPlan:
    return PublishPlan(
        port=int(broker.url.rpartition(":")[2]),
        assets=what.assets,
        signals=what.signals,
        qos=what.qos,
        payload=what.payload,
        begin_ms=int(time.time() * 1000) - _HOUR_MS,
    )


def _settings(url: str, broker: BenchBroker, workers: int) -> dict[str, str]:
    settings = {"ASSETLOOP_DATABASE_URL": url, "ASSETLOOP_MQTT_URL": broker.ingest_url}
    settings |= {"ASSETLOOP_MQTT_CA_FILE": str(broker.ca_file)} if broker.ca_file else {}
    # A few devices may be asked for that say more than any would, and many processes, of which one has the port.
    settings |= {"ASSETLOOP_RATE_LIMIT_BURST": "1e12", "ASSETLOOP_METRICS_PORT": "0"}
    return settings | ({"ASSETLOOP_MQTT_SHARE": "bench"} if workers > 1 else {})


def _account(
    database: Database, signal_ids: dict[str, list[int]], flow: MeasuredFlow, plan: PublishPlan
) -> tuple[int, int]:
    """Count the published values that are not in the record, and those that came more than once."""
    with database.transaction() as tx:
        stored = bare_copy.instants_of(tx)
        duplicate = sum(one.duplicate for one in delivery.totals(tx).values())
    a_message = INSTANTS_OF_A_BATCH if plan.payload == "batch" else 1
    turns, rest = divmod(flow.messages, plan.assets)
    missing = 0
    for number in range(plan.assets):
        instants = (turns + (number < rest)) * a_message
        missing += sum(max(0, instants - stored.get(one, 0)) for one in signal_ids[asset_tag(number)])
    return missing, duplicate


def _raw_copies(database: Database, folder: Path, plan: PublishPlan, advance: Advance) -> tuple[Copied, Copied]:
    """Copy what was stored back into the emptied table: in the order of its publishing, and in that of its storing."""
    published = Published(began=datetime.fromtimestamp(plan.begin_ms / 1000, UTC), instants=plan.instants)
    orders = {"published": published, "stored": None}
    for name, order in orders.items():
        with database.transaction() as tx:
            bare_copy.copy_out(tx, folder / name, order)
    copied = []
    for name in orders:
        with database.transaction() as tx:
            bare_copy.empty(tx)
        with database.transaction() as tx:
            bar = partial(advance, f"raw COPY as {name}")
            copied.append(bare_copy.copy_in(tx, folder / name, bar))
    return copied[0], copied[1]
