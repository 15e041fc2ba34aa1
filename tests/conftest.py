"""Real parts for every test: a PostgreSQL server, a database of one's own, a broker, and what a machine may lack."""

from __future__ import annotations

import contextlib
import functools
import gc
import itertools
import json
import os
import random
import secrets
import shlex
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import paho.mqtt.client as mqtt
import psutil
import psycopg
import pytest
from hypothesis import HealthCheck, settings

from service.runtime.postgres import PostgresServer
from storage.core.database import Database, Role
from storage.schema.migrate import migrate
from tests import worker
from tests.chromium import Chromium, browser_program
from tests.copies import RUN
from tests.patience import PATIENCE_S
from tests.plant_rows import PlantRows
from tests.timescaledb import apache
from tests.worker import COLLECTED

if TYPE_CHECKING:
    from playwright.sync_api import Browser

REPOSITORY = Path(__file__).parents[1]
SHARED = Path(os.environ.get("ASSETLOOP_SHARED", REPOSITORY.parent / "shared"))


def lacking(what: str) -> str | None:
    """Say why `what` cannot be had on this machine; None where it is there."""
    if what == "shared-data":
        there = (SHARED / "data" / "skab").is_dir()
        return None if there else f"no benchmark data below {SHARED} (ASSETLOOP_SHARED names the folder)"
    if what == "timescaledb":
        there = (REPOSITORY / "tests" / "timescaledb" / "node_modules").is_dir() and shutil.which("node")
        return None if there else "no TimescaleDB: run `npm ci --prefix tests/timescaledb`"
    if what == "apache":
        return apache.lacking()
    if what == "chromium":
        return None if browser_program() else "no chromium: apt-get install chromium-headless-shell"
    return None if shutil.which(what) else f"no {what} on this machine: apt-get install {what}"


def pytest_configure(config: pytest.Config) -> None:
    _own_temporary_folders(config)
    _close_what_paho_leaves_open()
    # How long an example takes says something about the machine alone.
    settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("any machine")


def _own_temporary_folders(config: pytest.Config) -> None:
    """Give this run's temporary folders a place of their own.

    pytest's is shared by all runs of a user, and each run closes it to everybody else. Run by root, the embedded
    server is another user, and would lose its folder as soon as a second run begins.
    """
    if hasattr(config, "workerinput") or "PYTEST_DEBUG_TEMPROOT" in os.environ or config.option.basetemp:
        return
    place = tempfile.mkdtemp(prefix="assetloop-tests-")
    os.environ["PYTEST_DEBUG_TEMPROOT"] = place
    config.stash[_PLACE] = place


_PLACE = pytest.StashKey[str]()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Throw this run's temporary folders away where nothing failed."""
    place = session.config.stash.get(_PLACE, None)
    if place is not None and exitstatus == pytest.ExitCode.OK:
        shutil.rmtree(place, ignore_errors=True)


def pytest_unconfigure() -> None:
    while _TWINS:
        _TWINS.pop().close()


def _close_what_paho_leaves_open() -> None:
    """Let a client of paho's that has stopped close the two ends by which its thread was woken.

    It leaves them to the garbage collector, which warns of them in whatever test it happens to run.
    """
    stop = mqtt.Client.loop_stop

    @functools.wraps(stop)
    def stop_and_close(client: mqtt.Client) -> mqtt.MQTTErrorCode:
        done = stop(client)
        client._reset_sockets(sockpair_only=True)
        return done

    mqtt.Client.loop_stop = stop_and_close  # type: ignore[method-assign]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config, specs: list[Any]) -> None:
    """Have the workers be copies of one process that has imported every test."""
    if Path.cwd() != REPOSITORY:
        return
    os.environ[RUN] = f"{os.getpid()}-{secrets.token_hex(4)}"
    os.environ[COLLECTED] = json.dumps(["-k", config.option.keyword, "-m", config.option.markexpr, *config.args])
    for spec in specs:
        spec.python = shlex.join([sys.executable, "-m", worker.__name__])


# What takes longest, longest first: the other workers do the rest meanwhile. Who waits most comes first of all.
LONGEST_FIRST = (
    "test_ingest_under_attack.py",
    "test_main_job.py",
    "test_embedded_broker_loses_nothing.py",
    "test_addresses.py",
    "test_worker.py",
    "test_simulated_year.py",
    "test_route_rights.py",
    "test_kinds_of_fault.py",
    "test_estimator.py",
    "test_skab.py",
    "test_fleet.py",
    "test_training.py",
    "test_cmapss.py",
    "test_scorer.py",
    "test_regressor.py",
    "test_runner.py",
    "test_classes.py",
    "test_rises.py",
    "test_backup.py",
)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:  # noqa: ARG001 - pytest's name
    """Import everything without looking for garbage meanwhile, and never look through it again.

    What four hundred test modules import stays to the end: to go through it again and again costs a third of the time.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files, then those that share a browser; `--no-loadscope-reorder` keeps this order."""
    for item in items:
        if isinstance(item, pytest.DoctestItem):
            item.add_marker("sources")
    place = {name: at for at, name in enumerate(LONGEST_FIRST)}
    in_a_browser = {item.path for item in items if _shares_chromium(item)}
    items.sort(key=lambda item: (place.get(item.path.name, len(place)), item.path not in in_a_browser))


def _shares_chromium(item: pytest.Item) -> bool:
    return "chromium" in getattr(item, "fixturenames", ())


def pytest_runtest_setup(item: pytest.Item) -> None:
    if not _shares_chromium(item):
        for one in _CHROMIUM:  # while it is open, no other event loop can run in this thread
            one.close()
    for marker in item.iter_markers("needs"):
        for what in marker.args:
            reason = lacking(what)
            if reason and os.environ.get("CI") == "true":
                pytest.fail(f"under CI nothing is skipped: {reason}")
            elif reason:
                pytest.skip(reason)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of benchmark data."""
    return SHARED


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """A real PostgreSQL: the one of ASSETLOOP_TEST_DATABASE_URL, or an embedded one.

    It stands in no folder of pytest's: another run closes what is above those to others, and as root a server is
    another user.
    """
    named = os.environ.get("ASSETLOOP_TEST_DATABASE_URL")
    if named:
        yield named
        return
    place = _memory() or tempfile.gettempdir()
    _clear_away(Path(place))
    prefix = f"{_SERVER_FOLDER}{os.getpid()}-"
    with (
        tempfile.TemporaryDirectory(prefix=prefix, dir=place, ignore_cleanup_errors=True) as folder,
        PostgresServer(Path(folder) / "server", durable=False) as server,
    ):
        yield server.url


def _memory() -> str | None:
    """A folder in memory, where there is much of it: a database is copied there in a third of the time."""
    folder = "/dev/shm"  # noqa: S108 - a new folder below it is made
    is_roomy = os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > _ROOMY_BYTES
    return folder if is_roomy and psutil.virtual_memory().available > _ROOMY_BYTES else None


_ROOMY_BYTES = 3 * 2**30
_SERVER_FOLDER = "assetloop-test-server-"


def _clear_away(place: Path) -> None:
    """End servers of runs that were killed, and remove what they left: memory must not fill up with it."""
    for folder in place.glob(f"{_SERVER_FOLDER}*"):
        if psutil.pid_exists(int(folder.name.removeprefix(_SERVER_FOLDER).partition("-")[0])):
            continue
        for process in psutil.process_iter(["cmdline"]):
            if str(folder / "server") in (process.info["cmdline"] or ()):
                process.send_signal(signal.SIGQUIT)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def administrator(server_url: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """What makes and drops databases, on one connection: each test needs both."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def migrated_template(server_url: str, administrator: psycopg.Connection[tuple[object, ...]]) -> Iterator[str]:
    """A migrated, empty database that tests copy."""
    name = f"template_{secrets.token_hex(4)}"
    administrator.execute(f'CREATE DATABASE "{name}"'.encode())
    migrate(_with_database(server_url, name), allow_unsupported=True)
    _close(administrator, name)
    yield name
    administrator.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@contextlib.contextmanager
def copied_database(
    server_url: str, administrator: psycopg.Connection[tuple[object, ...]], template: str
) -> Iterator[str]:
    """A copy of the migrated database, for as long as the block lasts."""
    name = f"test_{secrets.token_hex(6)}"
    administrator.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY'.encode())
    yield _with_database(server_url, name)
    administrator.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture
def database_url(
    server_url: str, administrator: psycopg.Connection[tuple[object, ...]], migrated_template: str
) -> Iterator[str]:
    """A migrated database of the test's own."""
    with copied_database(server_url, administrator, migrated_template) as url:
        yield url


@pytest.fixture
def empty_database_url(server_url: str, administrator: psycopg.Connection[tuple[object, ...]]) -> Iterator[str]:
    """A database of the test's own in which nothing has been migrated."""
    name = f"empty_{secrets.token_hex(6)}"
    administrator.execute(f'CREATE DATABASE "{name}"'.encode())
    yield _with_database(server_url, name)
    administrator.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture
def app_database(database_url: str) -> Iterator[Database]:
    """The test's database, spoken to as the application."""
    with Database(database_url, role=Role.APP) as database:
        yield database


@pytest.fixture
def ingest_database(database_url: str) -> Iterator[Database]:
    """The test's database, spoken to as ingest."""
    with Database(database_url, role=Role.INGEST) as database:
        yield database


@pytest.fixture
def superuser(database_url: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """The test's database without a role, autocommit, to look at and to break things."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def plant_rows(superuser: psycopg.Connection[tuple[object, ...]]) -> PlantRows:
    """What writes a plant's rows into the test's database."""
    return PlantRows(superuser)


@pytest.fixture
def plain_grade(superuser: psycopg.Connection[tuple[object, ...]]) -> None:
    """Only where partitions are PostgreSQL's own: beside TimescaleDB, on a server one names, the test is skipped."""
    if superuser.execute("SELECT grade FROM deployment").fetchone() != ("plain",):
        pytest.skip("partitions are PostgreSQL's own on the plain grade alone")


@dataclass(frozen=True, kw_only=True, slots=True)
class BrokerAddress:
    """Where a test's broker listens."""

    host: str
    port: int

    @property
    def url(self) -> str:
        return f"mqtt://{self.host}:{self.port}"


@pytest.fixture
def broker() -> Iterator[BrokerAddress]:
    """An embedded broker of the test's own."""
    port = free_port()
    with embedded_broker(port, max_payload_size=16 * 2**20):
        yield BrokerAddress(host="127.0.0.1", port=port)


@contextlib.contextmanager
def embedded_broker(port: int, **options: int) -> Iterator[None]:
    """Serve an embedded broker; on a busy machine it takes longer to listen than the ten seconds that it is given."""
    from iotcore import Broker

    broker = Broker(port=port, listen="127.0.0.1", **options)
    broker.start(timeout=PATIENCE_S)
    try:
        yield
    finally:
        broker.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """A real Chromium that tests share; it is closed as soon as a test comes that does not use it."""
    _CHROMIUM.append(Chromium())
    yield _CHROMIUM[0]
    _CHROMIUM.pop().close()


_CHROMIUM: list[Chromium] = []


@pytest.fixture
def browser(chromium: Chromium) -> Browser:
    """The shared Chromium, started."""
    return chromium.browser()


def free_port() -> int:
    """A port to listen on that nobody else takes meanwhile, another run on this machine included."""
    while True:
        port = next(_own_ports())
        with contextlib.suppress(OSError):
            socket.create_server(("127.0.0.1", port)).close()
            return port


@functools.cache
def _own_ports() -> Iterator[int]:
    """A hundred ports, round and round, below those that the system gives to whoever asks for any.

    They are this process's as long as it holds the UDP twin of the first, which nobody needs.
    """
    blocks = list(range(20_000, 32_000, 100))
    random.SystemRandom().shuffle(blocks)
    for first in blocks:
        twin = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            twin.bind(("127.0.0.1", first))
        except OSError:
            twin.close()
            continue
        _TWINS.append(twin)
        return itertools.cycle(range(first + 1, first + 100))
    raise AssertionError("all ports are taken by other runs")


_TWINS: list[socket.socket] = []


def _close(administrator: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    """Let nobody into a database, TimescaleDB's own workers included: one that is in use cannot be copied."""
    administrator.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
    administrator.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])


def _with_database(url: str, name: str) -> str:
    return psycopg.conninfo.make_conninfo(url, dbname=name)
