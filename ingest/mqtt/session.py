"""A session that is kept: connected to again when it is lost, and how far behind it is."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ingest.decoding.decode import Decoder
from ingest.decoding.decoded import Decoded
from ingest.decoding.format import Memories
from ingest.mqtt.frames import Publish
from ingest.mqtt.share import SlotShare
from ingest.mqtt.subscriber import Connection, Subscriber
from plant.backoff import Outage
from plant.errors import Unavailable
from storage.telemetry.slots import Ring

_log = logging.getLogger(__name__)

_CAUGHT_UP_S = 0.3  # so long must a session have nothing more to give before it counts as caught up
_MARK_SAID_S = 30.0
_DRAINED_S = 2.0  # and so long before a broker has nothing left for a session that is to end


@dataclass(slots=True)
class SessionRead:
    """What one read of a session brought: messages of one connection, and whether that was all the broker had sent."""

    connection: Connection | None
    publishes: list[Publish]
    is_all: bool
    has_mark: bool = False


class Session:
    """One slot's subscriber, seen to by the one thread that reads. Times are monotonic seconds, given by the caller.

    `behind_since_s` is since when messages may have been waiting for it, None once it has taken in everything. It
    `owes` messages to the record where some were left out; only a new connection brings them again. `is_closing` says
    that it takes in no more, `is_draining` that it only takes in what is left, for good. `decoder` is its own, where it
    has to remember what came over it; with a `share` it passes over what other sessions hear.
    """

    def __init__(
        self,
        subscriber: Subscriber,
        *,
        behind_since_s: float,
        decoder: Decoder | None = None,
        share: SlotShare | None = None,
    ) -> None:
        self.subscriber = subscriber
        self.decoder = decoder
        self.share = share
        self.behind_since_s: float | None = behind_since_s
        self.owes = False
        self.is_closing = False
        self.is_draining = False
        self._outage = Outage("the broker is away", "the broker is back", log=_log)
        self._next_attempt_s = 0.0
        self._empty_since_s: float | None = None
        self._marked_s: float | None = None

    @property
    def decode(self) -> Callable[[bytes, bytes], Decoded] | None:
        """Return what reads its messages, where it has a decoder of its own."""
        return None if self.decoder is None else self.decoder.decode

    def see_to(self, now_s: float, *, writable: bool, may_connect: bool) -> None:
        """Keep the connection alive, or make one where there is none."""
        connection = self.subscriber.connection
        try:
            if connection is not None:
                self.subscriber.tend(writable=writable)
            elif may_connect and not self.is_closing and now_s >= self._next_attempt_s:
                self._empty_since_s = None
                self.subscriber.connect()
        except Unavailable as error:
            self._lost(error, now_s)

    def read(self, now_s: float) -> SessionRead:
        """Read what the broker has sent, up to a bound; what came before a connection was lost counts too."""
        connection = self.subscriber.connection
        publishes: list[Publish] = []
        try:
            publishes, is_all = self.subscriber.read_sent()
            self.subscriber.raise_trouble()
        except Unavailable as error:
            self._lost(error, now_s)
            publishes = publishes if self.share is None else self.share.sift(publishes)[0]
            return SessionRead(connection, publishes, is_all=True)
        if self.subscriber.is_listening:
            self._outage.over()
        has_mark = False
        if self.share is not None:
            publishes, has_mark = self.share.sift(publishes)
        return SessionRead(connection, publishes, is_all, has_mark)

    def spread(self, ring: Ring, learnt: Mapping[str, Memories], now_s: float) -> None:
        """Hear what this ring of slots gives to the session's own, and learn what was learnt over others."""
        share, connection = self.share, self.subscriber.connection
        if share is None:
            return
        if learnt and self.decoder is not None:
            self.decoder.learn(learnt, hears=share.hears)
        share.want(ring)
        if connection is not None and self.subscriber.is_listening:
            share.note_listening()
            mark = share.take_mark(connection)
            if mark is not None:
                self.subscriber.publish(share.mark_topic, mark, qos=1)
                self._marked_s = now_s
            elif share.awaits_mark and self._marked_s is not None and now_s - self._marked_s > _MARK_SAID_S:
                self._marked_s = None
                _log.warning(
                    "a mark does not come back from the broker; until it does, Sparkplug is read twice: give ingest"
                    " the right to read and write its topic",
                    extra={"topic": share.mark_topic},
                )

    def note_quiet(self, now_s: float, *, is_quiet: bool) -> None:
        """Note whether it has nothing more to give and nothing of it waits to be stored."""
        if not is_quiet or self.subscriber.connection is None:
            self._empty_since_s = None
        elif self._empty_since_s is None:
            self._empty_since_s = now_s
        elif self._quiet_s(now_s) >= _CAUGHT_UP_S:
            self.note_caught_up()

    def note_caught_up(self) -> None:
        """Note that the broker has nothing older for it: all is quiet, or what came just now was measured just now."""
        if self.subscriber.is_listening and not self.owes:
            self.behind_since_s = None

    def drain(self) -> None:
        """Ask the broker for nothing new; what it has for this session still comes."""
        if not self.is_draining and self.subscriber.is_listening:
            self.is_draining = True
            self.subscriber.unsubscribe()

    def is_drained(self, now_s: float) -> bool:
        """Say whether nothing has been left for a while since the broker was asked for nothing new."""
        return self.is_draining and not self.subscriber.is_listening and self._quiet_s(now_s) >= _DRAINED_S

    def start_again(self, now_s: float) -> list[Publish]:
        """End the connection and make a new one, so that what was left out comes again; return what still came."""
        left = self.subscriber.leave()
        self._end(now_s)
        self._next_attempt_s = now_s
        return left

    def _quiet_s(self, now_s: float) -> float:
        return 0.0 if self._empty_since_s is None else now_s - self._empty_since_s

    def _lost(self, error: Unavailable, now_s: float) -> None:
        self._end(now_s)
        self._next_attempt_s = now_s + self._outage.failed(error)

    def _end(self, now_s: float) -> None:
        self.behind_since_s = self.behind_since_s or now_s
        self.owes = self.is_draining = False  # what was left out comes again with the next connection
