"""The bench's publisher: a process of its own that puts telemetry on the wire as fast as it may, and counts.

It speaks just as much MQTT 3.1.1 as that takes, so that the processor time it needs is not mistaken for ingest's.
"""

from __future__ import annotations

import random
import select
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized
from typing import Any

from plant.topics import telemetry_topic

SITE = "bench"
MARKER = "marker"
MARKER_KEY = "published"
INSTANTS_OF_A_BATCH = 100

_BODIES = 997  # prime, so that an asset's values do not repeat with its turn
_WINDOW = 16_000  # messages without the broker's confirmation; packet ids are not used again before
_AT_ONCE = 32
_MARKER_EVERY_S = 0.02
_IDLE_S = 0.002
_CONNECT = b"\x10\x11\x00\x04MQTT\x04\x02\x00\x00\x00\x05bench"


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What to publish: `begin_ms` is the first instant (epoch ms); every further one of an asset is 1 ms later."""

    port: int
    assets: int
    signals: int
    qos: int
    payload: str
    begin_ms: int

    @property
    def values_a_message(self) -> int:
        """Count the values in one message."""
        return self.signals * (INSTANTS_OF_A_BATCH if self.payload == "batch" else 1)


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


def asset_tag(number: int) -> str:
    """Name an asset of the bench.

    >>> asset_tag(7)
    'A-00007'
    """
    return f"A-{number:05}"


def signal_key(number: int) -> str:
    """Name a signal of the bench.

    >>> signal_key(3)
    'signal_03'
    """
    return f"signal_{number:02}"


def publish(plan: Plan, gauges: Gauges) -> None:
    """Publish until told to stop, then wait until the broker has confirmed everything."""
    line = _Line(plan.port, plan.qos)
    messages = _messages(plan)
    published, next_marker_s, last_marker_ms = 0, 0.0, 0
    while not gauges.stop.value:
        now_s = time.time()
        if now_s >= next_marker_s:
            last_marker_ms = max(last_marker_ms + 1, int(now_s * 1000))
            line.say(telemetry_topic(SITE, MARKER).encode(), _marker(last_marker_ms, published))
            next_marker_s = now_s + _MARKER_EVERY_S
        room = min(gauges.allowed.value - published, _WINDOW - line.unconfirmed, _AT_ONCE)
        for _ in range(room):
            line.say(*next(messages))
        published += max(0, room)
        line.flush()
        gauges.published.value = published
        line.listen(0.0 if room > 0 else _IDLE_S)
    line.say(telemetry_topic(SITE, MARKER).encode(), _marker(max(last_marker_ms + 1, _now_ms()), published))
    line.flush()
    while line.unconfirmed:
        line.listen(0.1)
    gauges.is_done.value = 1
    line.close()
    while not gauges.finish.value:
        time.sleep(0.01)


def _now_ms() -> int:
    return int(time.time() * 1000)


def _marker(now_ms: int, published: int) -> bytes:
    return b'{"ts":%d,"values":{"%s":%d}}' % (now_ms, MARKER_KEY.encode(), published)


def _messages(plan: Plan) -> Iterator[tuple[bytes, bytes]]:
    """Yield topic and payload, the assets in turn, for ever."""
    topics = [telemetry_topic(SITE, asset_tag(number)).encode() for number in range(plan.assets)]
    bodies = _bodies(plan)
    instants = INSTANTS_OF_A_BATCH if plan.payload == "batch" else 1
    ts, n = plan.begin_ms, 0
    while True:
        for topic in topics:
            if instants == 1:
                payload = b'{"ts":%d,"values":%s}' % (ts, bodies[n % _BODIES])
            else:
                told = [b'{"ts":%d,"values":%s}' % (ts + k, bodies[(n + k) % _BODIES]) for k in range(instants)]
                payload = b"[" + b",".join(told) + b"]"
            n += 1
            yield topic, payload
        ts += instants


def _bodies(plan: Plan) -> list[bytes]:
    chance = random.Random(20260131)  # noqa: S311 - made-up readings, the same in every run
    keys = [signal_key(number) for number in range(plan.signals)]
    return [
        ("{" + ",".join(f'"{key}":{chance.gauss(50, 12):.3f}' for key in keys) + "}").encode() for _ in range(_BODIES)
    ]


class _Line:
    """A connection to the broker that sends messages in blocks and counts what is confirmed."""

    def __init__(self, port: int, qos: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(_CONNECT)
        if self._socket.recv(4)[3:] != b"\x00":
            raise ConnectionError("the broker of the bench refuses its publisher")
        self._qos = qos
        self._head = b"\x32" if qos else b"\x30"
        self._packet_id = 0
        self._waiting: list[bytes] = []
        self._odd_bytes = 0
        self.unconfirmed = 0

    def say(self, topic: bytes, payload: bytes) -> None:
        """Put one message into the next block."""
        identity = b""
        if self._qos:
            self._packet_id = self._packet_id % 65_535 + 1
            identity = self._packet_id.to_bytes(2, "big")
            self.unconfirmed += 1
        length = 2 + len(topic) + len(identity) + len(payload)
        self._waiting += (self._head, _varint(length), len(topic).to_bytes(2, "big"), topic, identity, payload)

    def flush(self) -> None:
        """Send the block."""
        if self._waiting:
            self._socket.sendall(b"".join(self._waiting))
            self._waiting.clear()

    def listen(self, wait_s: float) -> None:
        """Count the confirmations that have come; they are all the broker says, 4 bytes each."""
        readable, _, _ = select.select([self._socket], [], [], wait_s)
        if not readable:
            return
        came = self._socket.recv(65536)
        if not came:
            raise ConnectionError("the broker of the bench has gone")
        confirmed, self._odd_bytes = divmod(self._odd_bytes + len(came), 4)
        self.unconfirmed -= confirmed

    def close(self) -> None:
        """Say goodbye."""
        self._socket.sendall(b"\xe0\x00")
        self._socket.close()


def _varint(number: int) -> bytes:
    r"""Write a length as MQTT does.

    >>> _varint(321)
    b'\xc1\x02'
    """
    out = bytearray()
    while True:
        number, low = divmod(number, 128)
        out.append(low | (128 if number else 0))
        if not number:
            return bytes(out)


def begin(context: Any, plan: Plan) -> tuple[Any, Gauges]:
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
