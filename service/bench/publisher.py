"""The bench's publisher: a process of its own that puts telemetry on the wire as fast as it may, and counts.

It speaks just as much MQTT 3.1.1 as that takes, so that the processor time it needs is not mistaken for ingest's.
"""

from __future__ import annotations

import itertools
import select
import socket
import time
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ingest.mqtt.frames import packet
from plant.mqtt.topics import telemetry_topic
from service.bench import sparkplug
from service.bench.packets import MARKER, MARKER_KEY, SITE, PublishPlan, births, turn_packets

Buffer: TypeAlias = bytes | memoryview


_VARIANTS = 3  # of every asset's values, in turn
_LINES = 8  # connections, as of so many gateways
_WINDOW = 4_000  # messages without the broker's confirmation; packet ids are not used again before
_AT_ONCE = 64  # messages, and fewer where they are large
_AT_ONCE_VALUES = 10_000
_MARKER_EVERY_S = 0.02
_MARKER_EVERY_VALUES = 20_000
_IDLE_S = 0.002


@dataclass(frozen=True, kw_only=True, slots=True)
class Gauges:
    """What the publisher shares: it reads how many messages it is allowed, whether to stop and whether to end.

    It writes how many it has `published` and, once the broker has confirmed all of them, `is_done`; markers are not
    counted. Having stopped it goes on existing until it is to `finish`, so that its processor time can be read.
    """

    allowed: Synchronized[int]
    published: Synchronized[int]
    stop: Synchronized[int]
    is_done: Synchronized[int]
    finish: Synchronized[int]


def publish(plan: PublishPlan, gauges: Gauges) -> None:
    """Publish until told to stop, then wait until the broker has confirmed everything."""
    # What a Sparkplug node says must come in its order, and only one connection keeps that.
    lines = [_Line(plan.port, number) for number in range(1 if plan.payload == "sparkplug" else _LINES)]
    turns, marks, published = _Turns(plan), _Marks(plan), 0
    at_once = max(1, min(_AT_ONCE, _AT_ONCE_VALUES // plan.values_a_message))
    unborn = births(plan) if plan.payload == "sparkplug" else []
    for line in itertools.cycle(lines):
        if gauges.stop.value:
            break
        line.send(marks.due(line, published))
        if unborn and gauges.allowed.value:
            _bear(lines[0], unborn, plan)
            unborn = []
        room = min(gauges.allowed.value - published, _WINDOW - line.unconfirmed, at_once)
        published += turns.send(line, room)
        gauges.published.value = published
        line.listen()
        if room <= 0:
            time.sleep(_IDLE_S)
    for line in lines:
        line.await_confirmations()
    lines[0].send(marks.last(lines[0], published + 1))  # one more than any before: behind it is nothing
    lines[0].await_confirmations()
    gauges.is_done.value = 1
    for line in lines:
        line.close()
    while not gauges.finish.value:
        time.sleep(0.01)


def _bear(line: _Line, unborn: list[tuple[bytes, bytes]], plan: PublishPlan) -> None:
    """Bear the nodes; so few at a time that no packet id is used again before it is confirmed."""
    for first in range(0, len(unborn), _WINDOW):
        some = unborn[first : first + _WINDOW]
        ids = line.packet_ids(len(some)).tolist() if plan.qos else [None] * len(some)
        packets = [packet(topic, payload, 0, number) for (topic, payload), number in zip(some, ids, strict=True)]
        line.send(b"".join(packets), len(some) * plan.qos)
        line.await_confirmations()


class _Line:
    """A connection to the broker that counts what is sent and what is confirmed, and gives out packet ids."""

    def __init__(self, port: int, number: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        name = f"bench{number:03}".encode()
        self._socket.sendall(b"\x10\x14\x00\x04MQTT\x04\x02\x00\x00\x00\x08" + name)
        if self._socket.recv(4)[3:] != b"\x00":
            raise ConnectionError("the broker of the bench refuses its publisher")
        self._socket.setblocking(False)
        self._packet_id = 0
        self._odd_bytes = 0
        self.unconfirmed = 0

    def packet_ids(self, count: int) -> NDArray[np.int64]:
        """Take the next packet ids, 1 to 65,535 in turn."""
        ids = (self._packet_id + np.arange(count)) % 65_535 + 1
        self._packet_id = (self._packet_id + count) % 65_535
        return ids

    def send(self, packets: Buffer, confirmations: int = 0) -> None:
        """Send whole packets, for which the broker owes so many confirmations."""
        left = memoryview(packets)
        self.unconfirmed += confirmations
        while left:
            try:
                left = left[self._socket.send(left) :]
            except BlockingIOError:
                select.select([], [self._socket], [])

    def listen(self) -> None:
        """Count the confirmations that have come; they are all the broker says, 4 bytes each."""
        try:
            came = self._socket.recv(65536)
        except BlockingIOError:
            return
        if not came:
            raise ConnectionError("the broker of the bench has gone")
        confirmed, self._odd_bytes = divmod(self._odd_bytes + len(came), 4)
        self.unconfirmed -= confirmed

    def await_confirmations(self) -> None:
        """Wait until everything is confirmed."""
        while self.unconfirmed:
            time.sleep(_IDLE_S)
            self.listen()

    def close(self) -> None:
        """Say goodbye."""
        self.send(b"\xe0\x00")
        self._socket.close()


class _Marks:
    """The markers: one that says how many messages were published before it every 20 ms, and every 20,000 values.

    Without the latter all that may be on its way goes out in one burst, of which nothing is seen to be stored before
    all of it is; ingest would have nothing to do from then until the next burst.
    """

    def __init__(self, plan: PublishPlan) -> None:
        self._qos = plan.qos
        self._every = max(1, _MARKER_EVERY_VALUES // plan.values_a_message)
        self._next = 0
        self._topic = telemetry_topic(SITE, MARKER).encode()
        self._last_ms = 0
        self._next_s = 0.0

    def due(self, line: _Line, published: int) -> bytes:
        """Return the marker that is due, nothing where none is."""
        now_s = time.time()
        if now_s < self._next_s and published < self._next:
            return b""
        self._next_s, self._next = now_s + _MARKER_EVERY_S, published + self._every
        return self.last(line, published)

    def last(self, line: _Line, published: int) -> bytes:
        """Return a marker in any case."""
        self._last_ms = max(self._last_ms + 1, int(time.time() * 1000))
        payload = b'{"ts":%d,"values":{"%s":%d}}' % (self._last_ms, MARKER_KEY.encode(), published)
        line.unconfirmed += self._qos
        packet_id = int(line.packet_ids(1)[0]) if self._qos else None
        return packet(self._topic, payload, 0, packet_id)


class _Turns:
    """Every asset's message in turn, again and again; in a turn nothing but times is written anew.

    Packet ids are the line's own, written as a message goes out: none may stand on two messages that wait for their
    confirmation over one connection (MQTT 3.1.1, 2.3.1).
    """

    def __init__(self, plan: PublishPlan) -> None:
        self._plan = plan
        self._sheets = [turn_packets(plan, variant) for variant in range(_VARIANTS)]
        self._sheet = self._sheets[0]
        self._turn = 0
        self._sent = plan.assets

    def send(self, line: _Line, most: int) -> int:
        """Send up to `most` messages of one turn and return how many."""
        if most <= 0:
            return 0
        if self._sent == self._plan.assets:
            self._begin()
        count = min(most, self._plan.assets - self._sent)
        sheet, edges = self._sheet, self._sheet.edges
        if self._plan.qos:
            identities = sheet.identities[self._sent : self._sent + count]
            sheet.packets[identities] = line.packet_ids(count).astype(">u2").view(np.uint8).reshape(-1, 2)
        packets = sheet.packets.data[edges[self._sent] : edges[self._sent + count]]
        line.send(packets, count * self._plan.qos)
        self._sent += count
        return count

    def _begin(self) -> None:
        plan, sheet = self._plan, self._sheets[self._turn % _VARIANTS]
        first_ms = plan.begin_ms + self._turn * plan.instants
        if plan.payload == "sparkplug":
            sheet.packets[sheet.times] = np.frombuffer(sparkplug.times(first_ms, plan.signals), np.uint8)
            sheet.packets[sheet.ends] = np.frombuffer(sparkplug.sequence(self._turn + 1), np.uint8)
        else:
            times = b"".join(b"%d" % (first_ms + k) for k in range(plan.instants))
            sheet.packets[sheet.times] = np.frombuffer(times, np.uint8)
        self._sheet, self._turn, self._sent = sheet, self._turn + 1, 0


def begin(context: Any, plan: PublishPlan) -> tuple[Any, Gauges]:
    """Start the publisher as a process of `context` (multiprocessing); it publishes nothing before it is allowed to."""
    gauges = Gauges(
        allowed=context.Value("q", 0),
        published=context.Value("q", 0),
        stop=context.Value("b", 0),
        is_done=context.Value("b", 0),
        finish=context.Value("b", 0),
    )
    process = context.Process(target=publish, args=(plan, gauges), daemon=True, name="assetloop-bench-publisher")
    process.start()
    return process, gauges
