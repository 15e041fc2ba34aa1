"""A server that is away is found out once; who asks after that is refused at once, until it is back."""

from __future__ import annotations

import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from plant.errors import Unavailable
from storage.core import pool
from storage.core.database import Database, Role
from tests.patience import PATIENCE_S, wait_for

Superuser = psycopg.Connection[tuple[object, ...]]


class Line:
    """A line to a server that can be cut, as when the server is stopped, and held, as when it is frozen."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._flows = threading.Event()
        self._flows.set()
        self._ends: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._accept_in_a_thread()

    def cut(self) -> None:
        """Refuse new connections and end the others."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in self._ends:
            with suppress(OSError):  # ended already
                end.shutdown(socket.SHUT_RDWR)
        self._flows.set()

    def mend(self) -> None:
        """Take connections again, at the same port."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._accept_in_a_thread()

    def hold(self) -> None:
        """Take what comes, and let nothing through."""
        self._flows.clear()

    def go_on(self) -> None:
        """Let everything through again, also what came meanwhile."""
        self._flows.set()

    def _accept_in_a_thread(self) -> None:
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect(self._server)
            self._ends += [near, far]
            for source, goal in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(source, goal), daemon=True).start()

    def _carry(self, source: socket.socket, goal: socket.socket) -> None:
        with closing(source), closing(goal):
            try:
                while carried := source.recv(65_536):
                    self._flows.wait()
                    goal.sendall(carried)
                goal.shutdown(socket.SHUT_RDWR)
            except OSError:
                return


@pytest.fixture
def line(database_url: str) -> Iterator[Line]:
    parts = conninfo_to_dict(database_url)
    line = Line(f"{parts['host']}/.s.PGSQL.{parts.get('port', 5432)}")
    yield line
    line.cut()


@pytest.fixture
def database(line: Line, database_url: str) -> Iterator[Database]:
    with Database(make_conninfo(database_url, host="127.0.0.1", port=line.port), role=Role.APP) as database:
        look_up(database)
        yield database


def look_up(database: Database) -> None:
    with database.transaction() as tx:
        tx.connection.execute("SELECT 1")


def is_there(database: Database) -> bool:
    try:
        look_up(database)
    except Unavailable:
        return False
    return True


def is_refused_at_once(database: Database) -> bool:
    """Say whether a hundred look-ups are refused in less time than ten of them would wait."""
    began_s = time.monotonic()
    assert not any(is_there(database) for _ in range(100))
    return time.monotonic() - began_s < 100.0


@pytest.mark.parametrize(
    ("goes", "comes"),
    [pytest.param(Line.cut, Line.mend, id="stopped"), pytest.param(Line.hold, Line.go_on, id="frozen")],
)
def test_who_asks_a_server_that_is_known_to_be_away_is_refused_at_once(
    line: Line,
    database: Database,
    goes: Callable[[Line], None],
    comes: Callable[[Line], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for waits, seconds in {"_PATIENCE_S": 1.0, "_LONGEST_CHECK_S": 1.0, "_LONGEST_LOOK_S": 2}.items():
        monkeypatch.setattr(pool, waits, seconds)
    goes(line)
    with ThreadPoolExecutor(6) as people:  # more than there are connections: who waits is told, too
        assert not any(people.map(is_there, [database] * 6))
    assert is_refused_at_once(database)
    comes(line)
    wait_for(lambda: is_there(database), what="server")


def test_who_asks_while_a_server_is_restarted_waits_and_never_hears_of_it(line: Line, database: Database) -> None:
    line.cut()
    with ThreadPoolExecutor(1) as person:
        asked = person.submit(look_up, database)
        line.mend()
        asked.result(PATIENCE_S)


@pytest.fixture
def only_one_connection(database_url: str, superuser: Superuser) -> Iterator[str]:
    """The address for a login that the server gives one connection to."""
    name = f"lonely_{secrets.token_hex(4)}"
    superuser.execute(f'CREATE ROLE "{name}" LOGIN CONNECTION LIMIT 1 IN ROLE assetloop_app')
    yield make_conninfo(database_url, user=name)
    superuser.execute(f'DROP ROLE "{name}"')


def test_a_server_that_has_no_further_connection_to_give_is_not_away(only_one_connection: str) -> None:
    with Database(only_one_connection, role=Role.APP, wait_s=2.5) as database:
        wait_for(lambda: is_there(database), what="connection")
        with ThreadPoolExecutor(1) as other:
            with database.transaction() as tx:
                refused = other.submit(is_there, database)
                assert refused.result(PATIENCE_S) is False
                tx.connection.execute("SELECT 1")
            assert other.submit(is_there, database).result(PATIENCE_S)
