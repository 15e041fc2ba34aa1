"""Who waits for changes is woken by PostgreSQL's NOTIFY: one listening connection a process, while somebody waits."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from plant.errors import AssetloopError
from storage.core.database import Role, connect

_log = logging.getLogger(__name__)
_LOOK_EVERY_S = 2.0
_AGAIN_AFTER_S = 2.0

Wake = Callable[[], None]


class ChangeWaker:
    """Calls those who wait whenever something was noted in `plant_change`; while the database is away, now and then."""

    def __init__(self, url: str, *, role: Role) -> None:
        self._url = url
        self._role = role
        self._lock = threading.Lock()
        self._waiting: list[Wake] = []
        self._is_listening = False
        self._pause = threading.Event()

    @contextmanager
    def waking(self, wake: Wake) -> Iterator[None]:
        """Call `wake` at every change until the block ends; from a thread of its own."""
        with self._lock:
            self._waiting.append(wake)
            if not self._is_listening:
                self._is_listening = True
                threading.Thread(target=self._listen, name="waker", daemon=True).start()
        try:
            yield
        finally:
            with self._lock:
                self._waiting.remove(wake)

    def _listen(self) -> None:
        while self._is_wanted():
            try:
                self._hear()
            except (AssetloopError, psycopg.Error) as error:
                _log.warning("nobody is woken by changes for a while", extra={"reason": str(error).strip()})
                self._wake_all()
                self._pause.wait(_AGAIN_AFTER_S)

    def _hear(self) -> None:
        with connect(self._url, role=self._role) as connection:
            connection.autocommit = True
            connection.execute("LISTEN assetloop_change")
            self._wake_all()
            while self._is_wanted():
                for _ in connection.notifies(timeout=_LOOK_EVERY_S, stop_after=1):
                    self._wake_all()

    def _is_wanted(self) -> bool:
        with self._lock:
            self._is_listening = bool(self._waiting)
            return self._is_listening

    def _wake_all(self) -> None:
        with self._lock:
            waiting = list(self._waiting)
        for wake in waiting:
            wake()
