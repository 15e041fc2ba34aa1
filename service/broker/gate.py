"""The gate: the port of the embedded broker, in front of a broker that forgets.

Whatever a client says goes on to the broker behind as it is, and the broker's answers come back as they are. But of
what is for ingest a copy is on disk before the broker sees it, and so before the broker acknowledges it. Ingest is
given that copy (`service.broker.reading`) and nothing of the broker's.

All that came since the last write is one round: one write, one flush of the disk, then it goes on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from plant.errors import Unavailable
from plant.mqtt.topics import matches
from service.broker.introduction import acceptable, as_guest
from service.broker.journal import Journal
from service.broker.passage import Behind, Passage
from service.broker.reading import Reading, is_ingest

_log = logging.getLogger(__name__)
_MOST_TOPICS = 65_536
_LONG_TOPIC = 512
_MOST_SESSIONS = 10_000
_LARGE_ROUND_BYTES = 16 * 2**20
_AGAIN_AFTER_S = 0.1
_BROKER_BACK_WITHIN_S = 10.0
_ROOM_AGAIN_AFTER_S = 0.5


@dataclass(slots=True)
class _Round:
    """What came since the last write: messages to keep, and what goes on to the broker afterwards.

    Who adds to one that is large already is read no further until it is written.
    """

    messages: list[tuple[bytes, bytes]] = field(default_factory=list)
    onward: list[tuple[Passage, bytes]] = field(default_factory=list)
    is_waited_for: bool = False
    size: int = 0
    held: list[Passage] = field(default_factory=list)


class Gate:
    """Passages to the broker behind, which listens on `ports` of this machine: MQTT 3.1.1, and MQTT 5.

    `filters` say which topics are ingest's, beside what it subscribes to; who presents `secret` is ingest.
    """

    def __init__(self, journal: Journal, *, ports: tuple[int, int], filters: Sequence[str], secret: bytes) -> None:
        self.journal = journal
        self._ports = ports
        self._secret = secret
        self._topics: dict[bytes, bool] = {}
        self._filters = tuple(filters)
        self._half_received: dict[str, set[bytes]] = {}
        self._passages: set[Passage] = set()
        self._ingest: Passage | None = None
        self._round = _Round()
        self._has_work = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, host: str, port: int, listens: Callable[[], None]) -> None:
        """Let clients in until cancelled; `listens` is called once they can come.

        Raises:
            OSError: the port cannot be listened on.
        """
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Passage(self), host, port, backlog=1024)
        async with server:
            listens()
            await self._write_rounds()

    def enter(self, passage: Passage) -> None:
        """Know of a passage."""
        self._passages.add(passage)

    def leave(self, passage: Passage) -> None:
        """Forget a passage."""
        self._passages.discard(passage)
        if self._ingest is passage:
            self._ingest = None

    def refuse(self, passage: Passage, why: str) -> None:
        """End a connection that is of no use."""
        _log.warning("a connection is ended", extra={"why": why})
        passage.end()

    def is_kept(self, topic: bytes) -> bool:
        """Say whether a topic is one of ingest's."""
        kept = self._topics.get(topic)
        if kept is None:
            if len(self._topics) >= _MOST_TOPICS:
                self._topics.clear()  # made-up topics must not pile up
            name = topic.decode(errors="replace")
            kept = not set("+#") & set(name) and any(matches(wanted, name) for wanted in self._filters)
            if len(topic) <= _LONG_TOPIC:
                self._topics[topic] = kept
        return kept

    def _keep_what_matches(self, filters: Sequence[str]) -> None:
        """Keep what ingest subscribes to too; a shared subscription is one, for ingest has this journal to itself."""
        wanted = [one.split("/", 2)[-1] if one.startswith("$share/") else one for one in filters]
        self._filters = tuple(dict.fromkeys([*self._filters, *wanted]))
        self._topics.clear()

    def keep(
        self, passage: Passage, messages: list[tuple[bytes, bytes]], onward: bytes, *, is_waited_for: bool
    ) -> None:
        """Write messages down with the next round, and send on to the broker afterwards."""
        self._round.messages += messages
        self._round.onward.append((passage, onward))
        self._round.is_waited_for = self._round.is_waited_for or is_waited_for
        self._round.size += len(onward)
        if self._round.size > _LARGE_ROUND_BYTES and passage is not self._ingest:
            passage.hold()
            self._round.held.append(passage)
        self._has_work.set()

    def introduce(self, passage: Passage, packet: bytes) -> None:
        """Connect a passage with the broker, to which its CONNECT goes on."""
        connect = passage.connect
        if connect is None:
            return
        if not connect.is_clean:
            passage.sight.half_received = self._remembered(connect.client_id)
        if is_ingest(connect):
            if connect.password != self._secret:
                self.refuse(passage, "a client calls itself ingest, but has not the word for it")
                return
            packet = as_guest(packet, connect)
            self._begin_reading(passage)
        task = asyncio.get_running_loop().create_task(self._join(passage, acceptable(packet, connect)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _remembered(self, client_id: str) -> set[bytes]:
        """Return which messages of QoS 2 a session was in the middle of."""
        if len(self._half_received) >= _MOST_SESSIONS:
            self._half_received.clear()
        return self._half_received.setdefault(client_id, set())

    def _begin_reading(self, passage: Passage) -> None:
        """Give the journal to this connection of ingest's; a former one ends."""
        if self._ingest is not None:
            self._ingest.abandon()
        self._ingest = passage
        passage.reading = Reading(
            self.journal, passage, is_v5=passage.sight.has_properties, subscribe=self._keep_what_matches
        )

    async def _join(self, passage: Passage, packet: bytes) -> None:
        """Connect with the broker, also where it is just being started again."""
        loop = asyncio.get_running_loop()
        is_v5 = passage.sight.has_properties
        until_s = loop.time() + _BROKER_BACK_WITHIN_S
        while passage in self._passages:
            try:
                transport, _ = await loop.create_connection(lambda: Behind(passage), "127.0.0.1", self._ports[is_v5])
            except OSError as error:
                if loop.time() > until_s:
                    self.refuse(passage, f"the broker behind the gate is away: {error.strerror}")
                    return
                await asyncio.sleep(_AGAIN_AFTER_S)
                continue
            transport.write(packet)
            passage.joined(transport)
            return

    async def _write_rounds(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._has_work.wait()
            self._has_work.clear()
            one, self._round = self._round, _Round()
            if one.messages:
                await self._write(one)
                if one.is_waited_for:
                    await loop.run_in_executor(None, self.journal.sync)
                self.journal.let_go()
            for passage, data in one.onward:
                passage.send_on(data)
            for passage in one.held:
                passage.let_go()
            if self._ingest is not None and self._ingest.reading is not None:
                self._ingest.reading.deliver()

    async def _write(self, one: _Round) -> None:
        """Write a round down; while there is no room for it, nobody but ingest is read."""
        try:
            self.journal.append(one.messages)
        except Unavailable as error:
            _log.error("devices are held up", extra={"why": str(error)})
        else:
            return
        held = [passage for passage in self._passages if passage is not self._ingest]
        for passage in held:
            passage.hold()
        while True:
            await asyncio.sleep(_ROOM_AGAIN_AFTER_S)
            try:
                self.journal.append(one.messages)
            except Unavailable:
                continue
            break
        for passage in held:
            passage.let_go()
        _log.warning("devices are read again")
