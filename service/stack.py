"""`assetloop up`: database, broker and every role of the product in one command, and all of it down again."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from types import FrameType
from typing import TYPE_CHECKING

from plant.errors import Conflict, Unavailable
from service import demonstration
from service.data_folder import Running
from service.postgres import PostgresServer
from service.processes import Crew
from service.screen import Screen
from service.surroundings import Surroundings
from service.waiting import ToldToStopError, patiently
from storage import register, status
from storage.database import Database, Role, connect
from storage.migrate import migrate

if TYPE_CHECKING:
    from iotcore import Broker

_BROKER_PORT = 1883
_MOST_MESSAGE_BYTES = 16 * 2**20


@dataclass(frozen=True, kw_only=True, slots=True)
class UpOptions:
    """What `assetloop up` was asked for; `demo` None means: on an empty register."""

    port: int
    host: str
    demo: bool | None = None
    seconds: float | None = None
    train_jobs: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """What a run came to, in the words of its JSON."""

    readings: int = 0
    quarantined: int = 0
    alerts: int = 0
    work_orders: int = 0
    seconds_to_first_work_order: float | None = None
    deaths: dict[str, int] = field(default_factory=dict)


def up(around: Surroundings, options: UpOptions, screen: Screen) -> Summary:
    """Run the stack until Ctrl-C, SIGTERM or the asked-for seconds have passed; leave no process.

    Raises:
        Conflict: the port is taken, or the data folder is held or newer.
        Misconfigured, Unavailable: the database or the broker cannot be had.
    """
    began = around.clock.now()
    with _told_to_stop() as stop, around.folder, contextlib.ExitStack() as cleanup:
        _refuse_taken_port(options.host, options.port)
        try:
            running = _foundation(around, options, screen, cleanup, stop)
        except ToldToStopError:
            return Summary()
        around.folder.announce(running)
        crew = Crew(around.folder.logs, _environment(around, running))
        cleanup.callback(crew.stop)
        cleanup.callback(screen.say, "stopping …")
        database = cleanup.enter_context(Database(running.database_url, role=Role.APP))
        with contextlib.suppress(ToldToStopError):
            _start_roles(around, options, crew, database, running, screen, stop)
            _run(around, options, crew, database, running, screen, stop, began)
        return _summary(database, crew, began)


@contextlib.contextmanager
def _told_to_stop() -> Iterator[threading.Event]:
    stop = threading.Event()

    def tell(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, tell) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _refuse_taken_port(host: str, port: int) -> None:
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        why = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be had: {os.strerror(error.errno or 0)}"
        raise Conflict(f"port {port} on {host} {why}; choose another with --port") from error


def _foundation(
    around: Surroundings,
    options: UpOptions,
    screen: Screen,
    cleanup: contextlib.ExitStack,
    stop: threading.Event,
) -> Running:
    with screen.step("database"):
        if around.settings.database_url is not None:
            database_url = _await_database(around.database_url(), screen, stop)
        else:
            database_url = cleanup.enter_context(PostgresServer(around.folder.database)).url
        migrated = migrate(database_url, allow_unsupported=around.settings.allow_unsupported)
    screen.say(f"it is PostgreSQL {migrated.server.version}, {migrated.grade} grade")
    with screen.step("broker"):
        if around.settings.mqtt_url is not None:
            mqtt_url = _await_broker(around.mqtt_url(), screen, stop)
        else:
            mqtt_url = _start_broker(cleanup)
    return Running(
        pid=os.getpid(),
        database_url=database_url,
        mqtt_url=mqtt_url,
        console_url=around.settings.console_url or f"http://{options.host}:{options.port}",
    )


def _await_database(url: str, screen: Screen, stop: threading.Event) -> str:
    patiently(lambda: connect(url).close(), say=screen.say, stop=stop)
    return url


def _await_broker(url: str, screen: Screen, stop: threading.Event) -> str:
    from simulators.wire import Wire

    def knock() -> None:
        with Wire(url):
            pass

    patiently(knock, say=screen.say, stop=stop)
    return url


def _start_broker(cleanup: contextlib.ExitStack) -> str:
    from iotcore import Broker

    port = _free_port(_BROKER_PORT)
    broker: Broker = Broker(port=port, listen="127.0.0.1", max_payload_size=_MOST_MESSAGE_BYTES)
    broker.start()
    cleanup.callback(broker.stop)
    return f"mqtt://127.0.0.1:{port}"


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)) as probe:
            return int(probe.getsockname()[1])
    raise Unavailable("this machine has no free port on 127.0.0.1 for the broker")


def _environment(around: Surroundings, running: Running) -> dict[str, str]:
    own = {
        "ASSETLOOP_DATABASE_URL": running.database_url,
        "ASSETLOOP_MQTT_URL": running.mqtt_url,
        "ASSETLOOP_CONSOLE_URL": running.console_url,
        "ASSETLOOP_DATA": str(around.folder.path),
        "PYTHONUNBUFFERED": "1",
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
    }
    return {**os.environ, **own}


def _start_roles(
    around: Surroundings,
    options: UpOptions,
    crew: Crew,
    database: Database,
    running: Running,
    screen: Screen,
    stop: threading.Event,
) -> None:
    crew.start("ingest")
    crew.start("serve", "serve", "--host", options.host, "--port", str(options.port))
    demo = _wants_demo(around, options, database)
    if demo and not demonstration.read_state(around.folder.demo).prepared:
        _prepare_demo(around, database, running, screen, stop)
    crew.start("score")
    crew.start("desk")
    crew.start("work")
    if demo:
        fault = demonstration.begin_fault(around.folder.demo, around.clock)
        crew.start("simulate", "simulate", "--fault", fault)
        screen.say(f"simulating the demo's devices; the bearing of {demonstration.FAULTY_ASSET} wears out")


def _wants_demo(around: Surroundings, options: UpOptions, database: Database) -> bool:
    """The demo is for an empty register, or for a folder in which it was begun before."""
    if options.demo is not None:
        return options.demo
    with database.transaction() as tx:
        return register.is_empty(tx) or around.folder.demo.exists()


def _prepare_demo(
    around: Surroundings, database: Database, running: Running, screen: Screen, stop: threading.Event
) -> None:
    from models.training import train

    def unless_stopped(done: int, total: int) -> None:
        if stop.is_set():
            raise ToldToStopError
        bar(done, total)

    demonstration.write_state(around.folder.demo, demonstration.DemoState())
    demonstration.register_demo(database, around.clock)
    with screen.bar("publishing an hour of the plant's healthy past", "readings") as bar:
        past = demonstration.publish_past(running.mqtt_url, around.clock, unless_stopped)
    with screen.bar("storing it", "readings") as bar:
        demonstration.await_stored(database, around.clock, "demo", None, past, unless_stopped)
    demonstration.declare_past_healthy(database, past, "assetloop up --demo")
    with screen.bar("training a model per machine", "models") as bar:
        train(
            database,
            clock=around.clock,
            trained_by="assetloop up --demo",
            progress=lambda done, total, _what: unless_stopped(done, total),
        )
    demonstration.write_state(around.folder.demo, demonstration.DemoState(prepared=True))


def _run(
    around: Surroundings,
    options: UpOptions,
    crew: Crew,
    database: Database,
    running: Running,
    screen: Screen,
    stop: threading.Event,
    began: datetime,
) -> None:
    ends_s = options.seconds
    with screen.live(running, around.folder.path) as show:
        while not stop.is_set():
            passed_s = (around.clock.now() - began).total_seconds()
            if ends_s is not None and passed_s >= ends_s:
                return
            resting = crew.watch()
            with contextlib.suppress(Unavailable), database.transaction() as tx:
                first = status.first_order_since(tx, began)
                show(status.totals(tx), status.latest_orders(tx), resting, _seconds(began, first))
            stop.wait(1.0 if ends_s is None else max(0.05, min(1.0, ends_s - passed_s)))


def _seconds(began: datetime, first: status.FirstOrder | None) -> float | None:
    return round((first.created_at - began).total_seconds(), 1) if first else None


def _summary(database: Database, crew: Crew, began: datetime) -> Summary:
    with database.transaction() as tx:
        totals, first = status.totals(tx), status.first_order_since(tx, began)
    return Summary(
        readings=totals.readings,
        quarantined=totals.quarantined,
        alerts=totals.alerts,
        work_orders=totals.work_orders,
        seconds_to_first_work_order=_seconds(began, first),
        deaths=crew.deaths,
    )
