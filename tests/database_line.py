"""A line to the test's database that can be cut, held and mended, as when a server is stopped, or frozen."""

from __future__ import annotations

import socket
import threading
from contextlib import closing, suppress

from psycopg.conninfo import conninfo_to_dict, make_conninfo


class DatabaseLine:
    """From a port of its own to the server of an address; `url` is the address by it."""

    def __init__(self, database_url: str) -> None:
        parts = conninfo_to_dict(database_url)
        self._server = f"{parts['host']}/.s.PGSQL.{parts.get('port', 5432)}"
        self._flows = threading.Event()
        self._flows.set()
        self._ends: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._port = self._listener.getsockname()[1]
        self.url = make_conninfo(database_url, host="127.0.0.1", port=self._port)
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
        self._listener = socket.create_server(("127.0.0.1", self._port))
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
