"""Connections to one server that are shared, and whether that server is known to be away.

That it is away is found out once, by a thread that looks while others wait. From then on who asks for a connection is
refused at once, until the server can be reached again. A page that makes six look-ups then waits once, not six times.
"""

from __future__ import annotations

import logging
import re
import select
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from plant.errors import Unavailable

Connection = psycopg.Connection[DictRow]
Connections = ConnectionPool[Connection]

_log = logging.getLogger(__name__)

# A server that is restarted is back within this time mostly: who asks meanwhile waits, and never hears of it.
_PATIENCE_S = 3.0
_LONGEST_CHECK_S = 3.0
_LONGEST_LOOK_S = 4
_QUICK_LOOK_S = 0.2
_LOOK_AGAIN_S = 0.5
_SHORTEST_JOIN_S = 0.05
_AWAY = "the database does not answer; is the server of ASSETLOOP_DATABASE_URL running?"

# What a server says carries a severity and two blanks; what its absence makes libpq say does not. A server that speaks
# is there, for instance one that has no more connections to give, unless it says that it is starting or stopping.
_SPOKEN = re.compile(r"failed: \S+: {2}(?!the database system is )")


class SharedConnections:
    """At most `most` connections, each made ready by `configure`; opened when first used. Thread-safe.

    Who asks waits at most `wait_s` for one.
    """

    def __init__(
        self,
        url: str,
        *,
        session: dict[str, Any],
        configure: Callable[[Connection], None],
        most: int,
        wait_s: float,
        name: str,
    ) -> None:
        self._url = url
        self._session = session
        self._configure = configure
        self._most = most
        self._wait_s = wait_s
        self._name = name
        self._pool: Connections | None = None
        self._lock = threading.Lock()  # for what follows, and for opening
        self._looking = threading.Lock()
        self._is_watched = False
        self._is_away = False
        self._is_quick_to_look = False
        self._closed = threading.Event()

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Lend a connection; commit when the block ends, roll back when it raises.

        Raises:
            Unavailable: the server is known to be away, or it was found out just now.
            psycopg.Error: as the server says; none was free in time.
        """
        pool = self._opened()
        with ExitStack() as stack:
            try:
                lent = stack.enter_context(pool.connection())
            except PoolClosed as error:
                raise Unavailable(_AWAY) from error
            except PoolTimeout:
                self._doubt()
                raise
            yield lent

    def close(self) -> None:
        """Close every connection; no more are lent."""
        self._closed.set()
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

    def _opened(self) -> Connections:
        if self._is_away and not (self._is_quick_to_look and self._look_now()):
            raise Unavailable(_AWAY)
        with self._lock:
            if self._closed.is_set():
                raise Unavailable("the connections to the database are closed")
            if self._is_away:
                raise Unavailable(_AWAY)
            if self._pool is None:
                self._connect_once()
                self._pool = self._new_pool()
            return self._pool

    def _connect_once(self) -> None:
        """Let a wrong login be told as what it is: a pool would report it as a timeout."""
        began_s = time.monotonic()
        try:
            connection = Connection.connect(self._url, **self._session)
        except psycopg.OperationalError as error:
            if not _SPOKEN.search(str(error)):
                self._is_away = True
                self._is_quick_to_look = time.monotonic() - began_s < _QUICK_LOOK_S
                self._watch()
            raise
        try:
            self._configure(connection)
        finally:
            connection.close()

    def _new_pool(self) -> Connections:
        return ConnectionPool(
            self._url,
            kwargs=self._session,
            configure=self._configure,
            check=self._check,
            min_size=1,
            max_size=self._most,
            timeout=self._wait_s,
            reconnect_timeout=2.0,
            reconnect_failed=lambda _: self._doubt(),
            open=True,
            name=self._name,
        )

    def _check(self, connection: Connection) -> None:
        """Refuse a connection whose server has ended it, or says nothing within some seconds."""
        try:
            _ask_nothing(connection)
        except psycopg.Error:
            self._doubt()
            raise

    def _doubt(self) -> None:
        with self._lock:
            if not self._closed.is_set():
                self._watch()

    def _watch(self) -> None:
        if not self._is_watched:
            self._is_watched = True
            threading.Thread(target=self._watch_until_back, name=f"{self._name}-watch", daemon=True).start()

    def _watch_until_back(self) -> None:
        began_s = time.monotonic()
        while not self._closed.is_set():
            with self._looking:
                is_back = self._look()
            if is_back:
                return
            if time.monotonic() - began_s >= _PATIENCE_S:
                self._refuse_all()
            self._closed.wait(_LOOK_AGAIN_S)

    def _look_now(self) -> bool:
        """Look in the place of the watch, where that takes no time: a server that is back is used at once."""
        if not self._looking.acquire(timeout=_QUICK_LOOK_S):
            return False
        try:
            return self._look()
        finally:
            self._looking.release()

    def _look(self) -> bool:
        """Say whether the server is there, and note it."""
        began_s = time.monotonic()
        try:
            Connection.connect(self._url, **{**self._session, "connect_timeout": _LONGEST_LOOK_S}).close()
        except psycopg.Error as error:
            is_there = bool(_SPOKEN.search(str(error)))
        else:
            is_there = True
        with self._lock:
            self._is_quick_to_look = time.monotonic() - began_s < _QUICK_LOOK_S
            if is_there:
                self._is_watched = self._is_away = False
        return is_there

    def _refuse_all(self) -> None:
        """Refuse who waits and who comes; what is under way ends by itself."""
        with self._lock:
            if not self._is_away:
                _log.warning("the database is away: who asks for it is refused at once", extra={"role": self._name})
            self._is_away = True
            pool, self._pool = self._pool, None
        if pool is not None:
            # It tells who waits after it has waited for its own threads, and these may be connecting.
            pool.close(timeout=_SHORTEST_JOIN_S)


def _ask_nothing(connection: Connection) -> None:
    """Send an empty query and wait for its answer.

    Raises:
        psycopg.OperationalError: the connection is broken, or nothing came in time.
    """
    pgconn, until_s = connection.pgconn, time.monotonic() + _LONGEST_CHECK_S
    pgconn.send_query(b"")
    while pgconn.flush():
        _wait_for(pgconn.socket, select.POLLOUT, until_s)
    while True:
        while pgconn.is_busy():
            _wait_for(pgconn.socket, select.POLLIN, until_s)
            pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:
            return
        if result.status != psycopg.pq.ExecStatus.EMPTY_QUERY:
            raise psycopg.OperationalError(result.get_error_message())


def _wait_for(socket: int, what: int, until_s: float) -> None:
    poller = select.poll()
    poller.register(socket, what)
    if not poller.poll(max(0.0, until_s - time.monotonic()) * 1000):
        raise psycopg.OperationalError("the server does not answer")
