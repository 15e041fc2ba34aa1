"""One process per role: each function wires its room and runs until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from plant.backoff import Outage
from plant.errors import Misconfigured, Unavailable
from service.demo.demonstration import read_fleet
from service.runtime.surroundings import Surroundings, holder
from service.runtime.waiting import ToldToStopError, patiently, until_told
from storage.core.database import Database, Role
from storage.core.driver_errors import in_our_terms

if TYPE_CHECKING:
    import procrastinate
    from prometheus_client import CollectorRegistry

    from ingest.admission.devices import AutoRegister
    from ingest.door import Door, DoorSettings
    from ingest.mqtt.host_state import HostStateSettings
    from service.settings import Settings

log = logging.getLogger("service.runtime.roles")
_DOOR_WAIT_S = 3.0  # a device that waits for longer has something better to do


def ingest(around: Surroundings) -> None:
    """Write telemetry from the broker into the record."""
    from ingest.metrics import Meter
    from ingest.runner import Ingest, IngestSettings
    from service.runtime import metrics

    settings = around.settings
    counted, me = metrics.registry(), holder()
    with (
        around.database(Role.INGEST, most=5, holder=me) as database,  # two commits, housekeeping, replay, a new session
        metrics.served(counted, settings.metrics_host, settings.metrics_port),
        until_told("ingest") as stop,
    ):
        Ingest(
            IngestSettings(
                broker=around.broker_settings(),
                spool=around.folder.spool,
                share=settings.mqtt_share,
                mapping=settings.mapping,
                joins_sparkplug_names=settings.sparkplug_asset == "node/device",
                host_state=_host_state(settings),
                most_payload_bytes=settings.most_payload_bytes,
                most_signals=settings.most_signals,
                raw_retention_days=settings.raw_retention_days,
                most_spool_bytes=settings.spool_bytes,
                most_values_per_s=settings.rate_limit_values_per_s,
                burst_values=settings.rate_limit_burst,
                auto_register=_auto_register(settings),
            ),
            database,
            around.clock,
            me,
            Meter(counted),
        ).run(stop)


def _host_state(settings: Settings) -> HostStateSettings | None:
    """Say as which Sparkplug host ingest is known, None where the id is empty."""
    from ingest.mqtt.host_state import HostStateSettings

    if not settings.sparkplug_host_id:
        return None
    return HostStateSettings(host_id=settings.sparkplug_host_id, version=settings.sparkplug_state)


def door_settings(settings: Settings) -> DoorSettings:
    """Say what holds for telemetry over HTTP: what holds over the broker."""
    from ingest.door import DoorSettings

    return DoorSettings(
        most_payload_bytes=settings.most_payload_bytes,
        most_signals=settings.most_signals,
        raw_retention_days=settings.raw_retention_days,
        most_values_per_s=settings.rate_limit_values_per_s,
        burst_values=settings.rate_limit_burst,
        auto_register=_auto_register(settings),
    )


def _auto_register(settings: Settings) -> AutoRegister | None:
    from ingest.admission.devices import AutoRegister

    if not settings.auto_register:
        return None
    return AutoRegister(asset_class=settings.auto_register_class, most=settings.auto_register_most)


def score(around: Surroundings) -> None:
    """Score what was stored, hold it against the register's limits, and keep findings."""
    from models.scoring.guard import Guard
    from models.scoring.scorer import Scorer
    from models.scoring.worker import follow_rows

    with around.database() as database, until_told("score") as stop:
        scorer, guard = Scorer(database, around.clock, holder()), Guard(database, around.clock, holder())
        follow_rows((scorer, guard), around.clock, stop, round_s=around.settings.round_s)


def desk(around: Surroundings) -> None:
    """Turn findings into alerts and work orders."""
    from alerts.alarms.desk import Desk
    from alerts.alarms.rules import DeskRules

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
    from api.app import create_app
    from api.serve import serve as serve_app
    from service.runtime import metrics
    from service.runtime.entry import access_for, installation, say_first_link

    counted, settings = metrics.registry(), around.settings
    host = host or settings.host
    if settings.token is not None:
        log.warning("ASSETLOOP_TOKEN opens nothing any more: people sign in, see docs/security.md")
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(around.database(most=8))
        door = _open_door(around, stack, counted)
        stop = stack.enter_context(until_told("serve"))
        access = access_for(around, host)
        app = create_app(
            database,
            around.clock,
            access=access,
            version=version("assetloop"),
            console_url=console_url(around),
            grafana_url=settings.grafana_address,
            door=door,
            registry=counted,
            data_folder=around.folder.path,
            attachments=around.attachments(),
            installation=installation(around),
        )
        say_first_link(around, database)
        serve_app(
            app,
            host,
            port or settings.port,
            stop,
            trusted_proxy=settings.tls_proxy,
            allow_plain_http=settings.allow_plain_http,
        )


def _open_door(around: Surroundings, stack: contextlib.ExitStack, counted: CollectorRegistry) -> Door | None:
    """Take telemetry in over HTTP, where there is a login that may store it."""
    from ingest.door import Door
    from ingest.metrics import Meter

    try:
        database = stack.enter_context(around.database(Role.INGEST, wait_s=_DOOR_WAIT_S))
    except Misconfigured as error:
        log.warning("telemetry is not taken over HTTP", extra={"why": str(error)})
        return None
    return stack.enter_context(Door(database, around.clock, door_settings(around.settings), Meter(counted)))


def work(around: Surroundings, *, only: str | None = None) -> None:
    """Run the jobs of the queue, each lane beside the others, or one lane `only`.

    The lanes: `dispatch` of orders and alerts, `learning` from people and data, `training`, `upkeep` of the record.
    """
    import procrastinate

    from alerts.alarms import publishing as alerts_out
    from alerts.dispatch import publishing as orders_out
    from alerts.knowledge import indexing
    from alerts.preventive import rounds as preventive
    from models import jobs as model_jobs
    from models import training_requests
    from storage.core.jobs import connector
    from storage.schema import upkeep, viewers
    from storage.schema.upkeep import upkeep_blueprint

    lanes = {
        "dispatch": "default",
        "learning": model_jobs.LEARNING,
        "training": training_requests.QUEUE,
        "upkeep": upkeep.QUEUE,
    }
    queues = [lanes[only]] if only else list(lanes.values())
    if lanes["dispatch"] in queues:
        queues += [alerts_out.QUEUE, orders_out.QUEUE]
    with around.database() as database, contextlib.ExitStack() as stack, until_told("work") as stop:
        app = procrastinate.App(connector=connector(around.database_url(Role.APP)))
        app.add_tasks_from(model_jobs.model_blueprint(database, around.clock), namespace=training_requests.NAMESPACE)
        app.add_tasks_from(upkeep_blueprint(database, around.clock), namespace=upkeep.NAMESPACE)
        app.add_tasks_from(indexing.knowledge_blueprint(database, around.clock), namespace=indexing.NAMESPACE)
        rounds = preventive.preventive_blueprint(database, around.clock, console_url(around).rstrip("/"))
        app.add_tasks_from(rounds, namespace=preventive.NAMESPACE)
        _what_goes_out_beside_orders(app, around, database)
        if lanes["dispatch"] in queues:
            _dispatch_with(app, around, database, stack)
        if lanes["upkeep"] in queues:
            stack.enter_context(viewers.watching(database))
        outage = Outage("the job queue is away; waiting for it", "the job queue is back", first_s=2.0, log=log)
        while not stop.is_set():
            try:
                with in_our_terms():
                    asyncio.run(_work_until(app, queues, stop, outage))
            except (procrastinate.exceptions.ConnectorException, Unavailable, OSError) as error:
                stop.wait(outage.failed(error))


def _what_goes_out_beside_orders(app: procrastinate.App, around: Surroundings, database: Database) -> None:
    """Let signed heads of the ledger go out, and dashboards where a Grafana is set."""
    from service.runtime.entry import sign_heads_with

    sign_heads_with(app, around, database)
    if around.settings.grafana_url is not None:
        from service.dashboards import keep_grafana_up_to_date

        keep_grafana_up_to_date(app, around, database)


def _dispatch_with(
    app: procrastinate.App, around: Surroundings, database: Database, stack: contextlib.ExitStack
) -> None:
    from alerts.alarms import publishing as alerts_out
    from alerts.dispatch.publishing import NAMESPACE, dispatch_blueprint
    from lifecycle.feedback.looking import NAMESPACE as FEEDBACK
    from lifecycle.feedback.looking import feedback_blueprint
    from service.runtime.dispatching import telling_people
    from service.runtime.entry import mail_links_with

    mail_links_with(app, around, database)
    publisher = stack.enter_context(contextlib.closing(around.order_publisher()))
    app.add_tasks_from(dispatch_blueprint(publisher.publish_all, database), namespace=NAMESPACE)
    app.add_tasks_from(alerts_out.alarms_blueprint(publisher.publish_all, database), namespace=alerts_out.NAMESPACE)
    feedback = feedback_blueprint(database, around.clock, console_url=console_url(around))
    app.add_tasks_from(feedback, namespace=FEEDBACK)
    stack.enter_context(telling_people(around, publisher))


async def _work_until(app: procrastinate.App, queues: list[str], stop: threading.Event, outage: Outage) -> None:
    """Run a worker a queue, so that none waits for the other's jobs, until told to stop or one of them ends."""
    async with app.open_async():
        outage.over()
        workers = [asyncio.create_task(_worker(app, queue)) for queue in queues]
        while not stop.is_set() and not any(one.done() for one in workers):  # noqa: ASYNC110 - set by a signal
            await asyncio.sleep(0.2)
        ended = [one for one in workers if one.done()]
        for one in workers:
            one.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        for one in ended:
            await one


async def _worker(app: procrastinate.App, queue: str) -> None:
    await app.run_worker_async(
        queues=[queue],
        install_signal_handlers=False,
        fetch_job_polling_interval=2.0,
        shutdown_graceful_timeout=3.0,
        delete_jobs="successful",
    )


def simulate(around: Surroundings, plant: Path, *, period_s: float, faults: tuple[str, ...]) -> None:
    """Stand in for the devices of a plant."""
    from simulators.faults import Fault
    from simulators.fleet import live

    ill = [Fault.parse(text) for text in faults]
    fleet = read_fleet(plant).suffering(ill)
    wire = around.wire()
    with until_told("simulate") as stop, contextlib.suppress(ToldToStopError):
        patiently(wire.connect, say=log.warning, stop=stop)
        with contextlib.closing(wire):
            live(fleet, wire, around.clock, stop, period_s, ill)
