"""A fleet from the shipped register, a wire that only notes, and time that moves when told."""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import orjson
import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from plant.clock import ManualClock
from simulators.fleet import Fleet
from simulators.wire import BrokerAway
from tests.patience import PATIENCE_S

REGISTER = Path(__file__).parents[2] / "service" / "demo" / "plant.toml"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@dataclass
class NotedWire:
    """A wire that notes what it is given, when, and can be away."""

    clock: ManualClock
    away: bool = False
    sent: list[tuple[float, str, Any]] = field(default_factory=list)

    def publish(self, topic: str, payload: bytes, *, timeout_s: float = 30.0) -> None:  # noqa: ARG002
        if self.away:
            raise BrokerAway("away")
        self.sent.append((self.clock.now().timestamp(), topic, orjson.loads(payload)))

    def flush(self, timeout_s: float) -> None:  # noqa: ARG002
        if self.away:
            raise BrokerAway("away")


@dataclass
class StopAfter:
    """An end that comes at an instant of a manual clock; waiting moves the clock."""

    clock: ManualClock
    end_s: float

    def is_set(self) -> bool:
        return self.clock.now().timestamp() >= self.end_s

    def wait(self, timeout: float | None = None) -> bool:
        self.clock.sleep(timeout or 0.0)
        return self.is_set()


class Address(Protocol):
    host: str
    port: int
    url: str


class Listener:
    """A subscriber that keeps what it hears."""

    def __init__(self, client: mqtt.Client) -> None:
        self.heard: list[tuple[str, Any]] = []
        self._change = threading.Condition()
        client.on_message = self._hear

    def _hear(self, _client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage) -> None:
        with self._change:
            self.heard.append((message.topic, orjson.loads(message.payload)))
            self._change.notify_all()

    def wait_for(self, count: int, timeout_s: float = PATIENCE_S) -> list[tuple[str, Any]]:
        with self._change:
            assert self._change.wait_for(lambda: len(self.heard) >= count, timeout_s), self.heard
            return self.heard


@contextmanager
def listening(host: str, port: int, topic: str = "#") -> Iterator[Listener]:
    """Subscribe to `topic` and keep what comes."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="listener")
    subscribed = threading.Event()
    client.on_subscribe = lambda *_: subscribed.set()
    listener = Listener(client)
    client.connect(host, port)
    client.loop_start()
    client.subscribe(topic, qos=1)
    assert subscribed.wait(PATIENCE_S)
    try:
        yield listener
    finally:
        client.disconnect()
        client.loop_stop()


@pytest.fixture
def listener(broker: Address) -> Iterator[Listener]:
    """A subscriber to everything on the test's own broker."""
    with listening(broker.host, broker.port) as listener:
        yield listener


@pytest.fixture
def listen_at() -> Any:
    """Subscribe to everything on a broker that the test started."""
    return listening


@pytest.fixture
def register() -> dict[str, Any]:
    """The parsed register of the demo plant."""
    return tomllib.loads(REGISTER.read_text(encoding="utf-8"))


@pytest.fixture
def fleet(register: dict[str, Any]) -> Fleet:
    """The demo plant's machines."""
    return Fleet.from_register(register)


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands at noon until told."""
    return ManualClock(NOON)


@pytest.fixture
def wire(clock: ManualClock) -> NotedWire:
    """A wire that notes what passes."""
    return NotedWire(clock)


@pytest.fixture
def stop_after(clock: ManualClock) -> Any:
    """Build an end that comes so many seconds after now."""
    return lambda seconds: StopAfter(clock, clock.now().timestamp() + seconds)
