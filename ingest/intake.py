"""The intake of one slot: read, decode, gather, hand over, and acknowledge what has been committed.

One thread reads and decodes, since two that run Python at once take the interpreter from each other at every read;
the other one, the recorder, is mostly waiting for the database. Nothing is acknowledged before it is committed.
"""

from __future__ import annotations

import hashlib
import logging
import socket
import threading
import time
from dataclasses import dataclass

from ingest.admission import admit
from ingest.batch import Batch, Gathering, Message
from ingest.decode import decode
from ingest.devices import Devices
from ingest.housekeeping import Housekeeping
from ingest.outage import Outage
from ingest.recorder import Recorder
from ingest.subscriber import Subscriber
from plant.clock import Clock
from plant.errors import Rejected, Unavailable

_log = logging.getLogger(__name__)
_LONGEST_WAIT_S = 0.25  # also how late a stop may be noticed
_KEPT_OF_LARGE_BYTES = 4096


@dataclass(frozen=True, kw_only=True, slots=True)
class IntakeLimits:
    """How much at once: bytes of a payload, bytes of memory, values and seconds of a batch, age in µs of a reading.

    `longest_pause_s` is how long the broker is left waiting while the memory is full; it must stay well below the
    keep-alive.
    """

    most_payload_bytes: int
    most_memory_bytes: int
    most_batch_values: int
    longest_batch_s: float
    longest_pause_s: float
    retention_us: int


class Waker:
    """A pair of sockets by which one thread wakes another from `select`."""

    def __init__(self) -> None:
        self.watched, self._sent = socket.socketpair()
        self.watched.setblocking(False)
        self._sent.setblocking(False)

    def wake(self) -> None:
        """Wake the other thread; it is awake already if the pair is full or closed."""
        try:
            self._sent.send(b"!")
        except OSError:
            return

    def close(self) -> None:
        """Close both ends."""
        self.watched.close()
        self._sent.close()


class Intake:
    """Moves messages from the subscriber to the recorder, and acknowledgements back."""

    def __init__(
        self,
        *,
        clock: Clock,
        devices: Devices,
        housekeeping: Housekeeping,
        recorder: Recorder,
        waker: Waker,
        limits: IntakeLimits,
    ) -> None:
        self._clock = clock
        self._devices = devices
        self._housekeeping = housekeeping
        self._recorder = recorder
        self._waker = waker
        self._limits = limits
        self._gathering = Gathering(most_values=limits.most_batch_values, longest_s=limits.longest_batch_s)
        self._outage = Outage("the broker is away", "the broker is back")
        self._next_attempt_s = 0.0
        self._away_since_s: float | None = time.monotonic()
        self._connection = 0
        self._paused_since_s: float | None = None

    def receive(self, topic: str, payload: bytes, packet_id: int, *, retained: bool) -> None:
        """Take one message from the broker: decode it, admit it where its device is known, and gather it."""
        message = Message(
            topic=topic,
            payload=payload,
            packet_id=packet_id,
            arrival_us=int(self._clock.now().timestamp() * 1e6),
            retained=retained,
        )
        now_s = time.monotonic()
        try:
            self._read(message, now_s)
        except Rejected as refusal:
            message.refusal = refusal
            if refusal.reason == "too_large":
                _keep_beginning(message)
        self._gathering.add(message, connection=self._connection, now_s=now_s)

    def _read(self, message: Message, now_s: float) -> None:
        decoded = decode(message.topic, message.payload, most_bytes=self._limits.most_payload_bytes)
        message.decoded = decoded
        device = self._devices.recall(decoded.site, decoded.asset, now_s)
        if device is not None:
            message.admitted = admit(
                decoded,
                device,
                arrival_us=message.arrival_us,
                retention_us=self._limits.retention_us,
                retained=message.retained,
            )

    def run(self, subscriber: Subscriber, stop: threading.Event) -> None:
        """Work until `stop` is set or the slot is lost; then finish as far as that is possible within seconds."""
        while not stop.is_set() and not self._housekeeping.is_slot_lost:
            self._turn(subscriber, _LONGEST_WAIT_S)
        self._finish(subscriber)

    def _turn(self, subscriber: Subscriber, wait_s: float) -> None:
        """Do one round of everything there is to do."""
        now_s = time.monotonic()
        if not subscriber.is_connected and self._paused_since_s is None and now_s >= self._next_attempt_s:
            self._connect(subscriber)
        drained = self._pump(subscriber, 0.0 if self._is_due(now_s, drained=False) else wait_s)
        self._acknowledge(subscriber)
        if self._is_due(time.monotonic(), drained=drained):
            self._hand_over()
        self._guard_memory(subscriber)
        self._housekeeping.lag_s = self._lag_s()

    def _connect(self, subscriber: Subscriber) -> None:
        try:
            subscriber.connect()
        except Unavailable as error:
            self._note_away(error)
        self._connection = subscriber.connection

    def _pump(self, subscriber: Subscriber, wait_s: float) -> bool:
        try:
            drained = subscriber.pump(wait_s, self._waker.watched, reads=self._paused_since_s is None)
        except Unavailable as error:
            self._note_away(error)
            return True
        if subscriber.is_listening:
            self._outage.over()
            self._away_since_s = None
        return drained

    def _note_away(self, error: Unavailable) -> None:
        """Forget what came over the lost connection, for the broker will send it again, and put off the next one."""
        self._gathering.take()
        now_s = time.monotonic()
        self._next_attempt_s = now_s + self._outage.failed(error)
        self._away_since_s = self._away_since_s or now_s

    def _is_due(self, now_s: float, *, drained: bool) -> bool:
        return self._recorder.in_flight is None and self._gathering.is_due(now_s, drained=drained)

    def _hand_over(self) -> None:
        batch = self._gathering.take()
        if batch is not None:
            self._recorder.submit(batch)

    def _acknowledge(self, subscriber: Subscriber) -> Batch | None:
        batch = self._recorder.committed()
        if batch is not None:
            subscriber.acknowledge(batch.connection, [message.packet_id for message in batch.messages])
            self._paused_since_s = None
        return batch

    def _guard_memory(self, subscriber: Subscriber) -> None:
        """Stop reading while too much waits for the database, and after a while drop the connection too.

        The broker keeps what we do not read. To drop at once would not do: what has been committed and not been
        acknowledged comes again, and a database that is merely slower than the broker would never catch up.
        """
        in_flight, now_s = self._recorder.in_flight, time.monotonic()
        if self._paused_since_s is None:
            if in_flight and in_flight.weight + self._gathering.weight > self._limits.most_memory_bytes:
                self._paused_since_s = now_s
        elif subscriber.is_connected and now_s - self._paused_since_s > self._limits.longest_pause_s:
            _log.warning("too much waits for the database; the connection to the broker is dropped until it is stored")
            subscriber.drop()
            self._gathering.take()
            self._away_since_s = now_s

    def _lag_s(self) -> float:
        """Say how long the oldest message has been waiting that came, or might have come."""
        in_flight = self._recorder.in_flight
        since = [in_flight.opened_s if in_flight else None, self._gathering.opened_s, self._away_since_s]
        now_s = time.monotonic()
        return max((now_s - one for one in since if one is not None), default=0.0)

    def _finish(self, subscriber: Subscriber, within_s: float = 3.0) -> None:
        """Commit and acknowledge what has been received, then end the connection."""
        until_s = time.monotonic() + within_s
        while self._recorder.in_flight is not None or self._gathering.opened_s is not None:
            if self._recorder.in_flight is None:
                self._hand_over()
            left_s = until_s - time.monotonic()
            if left_s <= 0:
                _log.warning("stopped before all was stored; the broker keeps what is not acknowledged")
                break
            if self._acknowledge(subscriber) is None:
                _await(self._waker.watched, left_s)
        subscriber.close()


def _keep_beginning(message: Message) -> None:
    """Forget all but the beginning of a payload that is too large, and remember what it was."""
    message.length = len(message.payload)
    message.sha256 = hashlib.sha256(message.payload).digest()
    message.payload = message.payload[:_KEPT_OF_LARGE_BYTES]


def _await(watched: socket.socket, wait_s: float) -> None:
    watched.settimeout(wait_s)
    try:
        watched.recv(4096)
    except TimeoutError:
        return
    finally:
        watched.setblocking(False)
