"""The sessions of this process, one for each slot that it holds: opened, waited for together, and closed."""

from __future__ import annotations

import logging
import select
import socket
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from ingest.mqtt.session import Session, SessionRead
from plant.backoff import Outage
from plant.errors import Unavailable

_log = logging.getLogger(__name__)

_SHORTEST_ROUND_S = 0.003  # under load many small messages are read at once; each by itself costs several times as much


@dataclass(slots=True)
class PollResult:
    """What one poll of all sessions brought: what was read of each, and whether that was all the broker had sent."""

    reads: list[tuple[Session, SessionRead]]
    is_all: bool


class Sessions:
    """The sessions by their slots; all methods are for the one thread that reads.

    `begin` makes one for a slot; where it raises `Unavailable`, it is tried again later.
    """

    def __init__(self, begin: Callable[[int], Session]) -> None:
        self._begin = begin
        self._sessions: dict[int, Session] = {}
        self._rest_until_s = 0.0
        self._outage = Outage("a session cannot begin yet", "every session has begun", log=_log)
        self._begin_again_s = 0.0

    def __iter__(self) -> Iterator[tuple[int, Session]]:
        """Iterate over slots and sessions."""
        return iter(tuple(self._sessions.items()))

    def hold(self, slots: Collection[int]) -> None:
        """Have a session for each of these slots, and drop at once those of slots that are no longer ours."""
        for slot in self._sessions.keys() - set(slots):
            self.drop(slot)
        missing = sorted(set(slots) - self._sessions.keys())
        if not missing or time.monotonic() < self._begin_again_s:
            return
        try:
            for slot in missing:
                self._sessions[slot] = self._begin(slot)
        except Unavailable as error:
            self._begin_again_s = time.monotonic() + self._outage.failed(error)
        else:
            self._outage.over()

    def drop(self, slot: int) -> None:
        """End a session's connection and forget the session; the broker keeps what it has for it."""
        self._sessions.pop(slot).subscriber.drop()

    def poll(
        self, wait_s: float, wake: socket.socket, *, may_read: Callable[[Session], bool], may_connect: bool
    ) -> PollResult:
        """Wait until a session or `wake` has something, at most `wait_s`; read those that `may_read` allows.

        A session that is not read for as long as its keep-alive loses its connection.
        """
        rest_s = self._rest_until_s - time.monotonic()
        if rest_s > 0:
            select.select([wake], [], [], rest_s)
        sockets = {slot: session.subscriber.socket for slot, session in self._sessions.items()}
        open_ = {slot: one for slot, one in sockets.items() if one is not None}
        reading = [one for slot, one in open_.items() if may_read(self._sessions[slot])]
        writing = [one for slot, one in open_.items() if self._sessions[slot].subscriber.wants_write]
        readable, writable, _ = select.select([wake, *reading], writing, [], wait_s)
        if wake in readable:
            wake.recv(4096)
        now_s = time.monotonic()
        for slot, session in self._sessions.items():
            session.see_to(now_s, writable=sockets[slot] in writable, may_connect=may_connect)
        return self._read([slot for slot, one in open_.items() if one in readable], now_s)

    def _read(self, slots: list[int], now_s: float) -> PollResult:
        reads = [(self._sessions[slot], self._sessions[slot].read(now_s)) for slot in slots]
        is_all = all(read.is_all for _, read in reads)
        if reads:
            self._rest_until_s = now_s + _SHORTEST_ROUND_S if is_all else 0.0
        return PollResult(reads, is_all=is_all)
