"""One process per role: each function wires its room and runs until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import threading
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from plant.errors import Unavailable
from service.demonstration import read_fleet
from service.surroundings import Surroundings, holder
from service.waiting import ToldToStopError, patiently
from storage.database import Role, in_our_terms

if TYPE_CHECKING:
    import procrastinate

log = logging.getLogger("service.roles")


@contextlib.contextmanager
def until_told(role: str) -> Iterator[threading.Event]:
    """Yield an event that SIGTERM, SIGINT or the end of the stack that started this process sets."""
    stop = threading.Event()
    log.info("started", extra={"role": role})

    def tell(*_: object) -> None:
        stop.set()

    before = {number: signal.signal(number, tell) for number in (signal.SIGTERM, signal.SIGINT)}
    _watch_lifeline()
    try:
        yield stop
    finally:
        log.info("stopped", extra={"role": role})
        for number, handler in before.items():
            signal.signal(number, handler)


def _watch_lifeline() -> None:
    """End this process when the stack that started it is gone: the pipe it holds open then closes."""
    descriptor = os.environ.get("ASSETLOOP_LIFELINE")
    if descriptor is None:
        return

    def watch() -> None:
        with contextlib.suppress(OSError):
            os.read(int(descriptor), 1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


def ingest(around: Surroundings) -> None:
    """Write telemetry from the broker into the record."""
    from ingest.runner import Ingest, IngestSettings
    from ingest.subscriber import BrokerSettings

    settings = around.settings
    with around.database(Role.INGEST) as database, until_told("ingest") as stop:
        Ingest(
            IngestSettings(
                broker=BrokerSettings(url=around.mqtt_url()),
                spool=around.folder.spool,
                share=settings.mqtt_share,
                mapping=settings.mapping,
                most_payload_bytes=settings.most_payload_bytes,
                most_signals=settings.most_signals,
                raw_retention_days=settings.raw_retention_days,
            ),
            database,
            around.clock,
            holder(),
        ).run(stop)


def score(around: Surroundings) -> None:
    """Score what was stored and keep findings."""
    from models.scoring import Scorer

    with around.database() as database, until_told("score") as stop:
        Scorer(database, around.clock, holder(), round_s=around.settings.round_s).run(stop)


def desk(around: Surroundings) -> None:
    """Turn findings into alerts and work orders."""
    from alerts.desk import Desk
    from alerts.rules import DeskRules

    with around.database() as database, until_told("desk") as stop:
        Desk(database, around.clock, DeskRules(), console_url=console_url(around)).run(stop)


def console_url(around: Surroundings) -> str:
    """Return under which address people open the console."""
    running = around.running()
    if around.settings.console_url or running is None:
        return around.settings.console_url
    return running.console_url


def serve(around: Surroundings, *, host: str | None = None, port: int | None = None) -> None:
    """Serve the API and the console."""
    from api.access import Access
    from api.app import create_app
    from api.serve import serve as serve_app

    settings = around.settings
    token = settings.token.get_secret_value() if settings.token else None
    with around.database(most=8) as database, until_told("serve") as stop:
        access = Access(token=token, allowed_hosts=settings.hosts)
        app = create_app(database, around.clock, access=access, version=version("assetloop"))
        serve_app(app, host or settings.host, port or settings.port, stop)


def work(around: Surroundings) -> None:
    """Run the jobs of the queue: dispatch, and whatever else must survive a crash."""
    import procrastinate

    from alerts.dispatch import dispatch_blueprint
    from alerts.wire import MqttPublisher
    from storage import upkeep
    from storage.jobs import connector
    from storage.upkeep import upkeep_blueprint

    with (
        around.database() as database,
        contextlib.closing(MqttPublisher(around.mqtt_url())) as publisher,
        until_told("work") as stop,
    ):
        app = procrastinate.App(connector=connector(around.database_url(Role.APP)))
        app.add_tasks_from(dispatch_blueprint(publisher.publish, database), namespace="alerts")
        app.add_tasks_from(upkeep_blueprint(database, around.clock), namespace=upkeep.NAMESPACE)
        while not stop.is_set():
            try:
                with in_our_terms():
                    asyncio.run(_work_until(app, stop))
            except (procrastinate.exceptions.ConnectorException, Unavailable, OSError) as error:
                log.warning("the job queue is away; trying again in 2 s", extra={"why": str(error)})
                stop.wait(2.0)


async def _work_until(app: procrastinate.App, stop: threading.Event) -> None:
    async with app.open_async():
        worker = asyncio.create_task(
            app.run_worker_async(
                install_signal_handlers=False,
                fetch_job_polling_interval=2.0,
                shutdown_graceful_timeout=3.0,
                delete_jobs="successful",
            )
        )
        while not stop.is_set() and not worker.done():  # noqa: ASYNC110 - the event is set by a signal or a thread
            await asyncio.sleep(0.2)
        if worker.done():
            await worker
        worker.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await worker


def simulate(around: Surroundings, plant: Path, *, period_s: float, faults: tuple[str, ...]) -> None:
    """Stand in for the devices of a plant."""
    from simulators.faults import Fault
    from simulators.fleet import live
    from simulators.wire import Wire

    ill = [Fault.parse(text) for text in faults]
    fleet = read_fleet(plant).suffering(ill)
    wire = Wire(around.mqtt_url())
    with until_told("simulate") as stop, contextlib.suppress(ToldToStopError):
        patiently(wire.connect, say=log.warning, stop=stop)
        with contextlib.closing(wire):
            live(fleet, wire, around.clock, stop, period_s, ill)
