"""The session at a real broker: what is not acknowledged comes again, and only over its own connection can it be."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest

from ingest.subscriber import Subscriber
from plant.errors import Misconfigured, Unavailable


class Listener:
    """A subscriber and what it received last."""

    def __init__(self, url: str) -> None:
        self.packet_ids: list[int] = []
        self.numbers: list[int] = []
        self.subscriber = Subscriber(url, client_id="test-ingest-0", share="", receive=self.receive)
        self.wake, self.waker = socket.socketpair()

    def receive(self, topic: str, payload: bytes, packet_id: int, *, retained: bool) -> None:
        assert (topic, retained) == ("assetloop/v1/demo/P-101/telemetry", False)
        self.packet_ids.append(packet_id)
        self.numbers.append(orjson.loads(payload)["n"])

    def connect(self) -> None:
        self.packet_ids, self.numbers = [], []
        self.subscriber.connect()
        self.until(lambda: self.subscriber.is_listening)

    def until(self, done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 20
        while not done():
            assert time.monotonic() < deadline, self.numbers
            self.subscriber.pump(0.1, self.wake)

    def acknowledge(self, connection: int) -> None:
        self.subscriber.acknowledge(connection, self.packet_ids)

    def close(self) -> None:
        self.subscriber.close()
        self.wake.close()
        self.waker.close()


@pytest.fixture
def listener(broker: Any) -> Iterator[Listener]:
    listening = Listener(broker.url)
    yield listening
    listening.close()


def test_what_is_not_acknowledged_comes_again_and_what_is_does_not(
    listener: Listener, broker: Any, start_device: Any
) -> None:
    device = start_device(broker)
    listener.connect()
    device.says_many([{"n": n} for n in range(3)])
    listener.until(lambda: len(listener.numbers) == 3)
    listener.subscriber.drop()
    listener.connect()
    listener.until(lambda: listener.numbers == [0, 1, 2])
    listener.acknowledge(listener.subscriber.connection)
    listener.subscriber.drop()
    listener.connect()
    device.says({"n": 3})
    listener.until(lambda: listener.numbers == [3])


def test_what_came_over_an_earlier_connection_is_not_acknowledged_over_a_later_one(
    listener: Listener, broker: Any, start_device: Any
) -> None:
    device = start_device(broker)
    listener.connect()
    device.says_many([{"n": n} for n in range(3)])
    listener.until(lambda: len(listener.numbers) == 3)
    listener.subscriber.drop()
    listener.connect()
    listener.until(lambda: len(listener.numbers) == 3)
    listener.acknowledge(listener.subscriber.connection - 1)
    listener.subscriber.drop()
    listener.connect()
    listener.until(lambda: listener.numbers == [0, 1, 2])


def test_the_broker_is_left_waiting_where_nothing_is_to_be_read(
    listener: Listener, broker: Any, start_device: Any
) -> None:
    listener.connect()
    start_device(broker).says({"n": 1})
    for _ in range(5):
        listener.subscriber.pump(0.02, listener.wake, reads=False)
    assert listener.numbers == []
    listener.until(lambda: listener.numbers == [1])


def test_a_lost_connection_is_noticed(listener: Listener) -> None:
    listener.connect()
    inner: Any = listener.subscriber._client.socket()
    inner.shutdown(socket.SHUT_RDWR)
    with pytest.raises(Unavailable, match="connection to the broker is lost"):
        listener.until(lambda: False)
    assert not listener.subscriber.is_connected


def test_a_broker_that_is_not_there_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    listener = Listener(f"mqtt://127.0.0.1:{port}")
    with pytest.raises(Unavailable, match=f"no broker at mqtt://127.0.0.1:{port}"):
        listener.subscriber.connect()
    listener.close()


@pytest.mark.parametrize("url", ["", "127.0.0.1:1883", "http://broker", "mqtt://", "mqtt://broker:port", "mqtt://[::1"])
def test_an_address_that_is_not_one_says_how_to_write_it(url: str) -> None:
    with pytest.raises(Misconfigured, match="write mqtt://"):
        Listener(url)
