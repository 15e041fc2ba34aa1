"""The session at a real broker: what is not acknowledged comes again, and only over its own connection can it be."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any, Literal

import orjson
import pytest

from ingest.mqtt.connecting import BrokerSettings, end_session
from ingest.mqtt.subscriber import Connection, Subscriber
from plant.errors import Misconfigured, Unavailable
from plant.mqtt.topics import TELEMETRY_FILTER
from tests.conftest import free_port
from tests.patience import PATIENCE_S, TimeLeft


class Listener:
    """A subscriber and what it received last."""

    def __init__(self, url: str, reader: Literal["frames", "paho"] = "frames", **settings: Any) -> None:
        self.packet_ids: list[int] = []
        self.numbers: list[int] = []
        self.subscriber = Subscriber(
            BrokerSettings(url=url, reader=reader, **settings), client_id="test-ingest-0", filters=[TELEMETRY_FILTER]
        )

    @property
    def connection(self) -> Connection:
        assert self.subscriber.connection is not None
        return self.subscriber.connection

    def connect(self) -> None:
        self.packet_ids, self.numbers = [], []
        self.subscriber.connect()
        self.until(lambda: self.subscriber.is_listening)

    def until(self, done: Callable[[], bool], within_s: float = PATIENCE_S) -> None:
        deadline = time.monotonic() + within_s
        while not done():
            assert time.monotonic() < deadline, self.numbers
            self.look(0.1)

    def look(self, wait_s: float, *, reads: bool = True) -> None:
        broker = self.subscriber.socket
        if broker is None:
            return
        writing = [broker] if self.subscriber.wants_write else []
        readable, writable, _ = select.select([broker] if reads else [], writing, [], wait_s)
        self.subscriber.tend(writable=bool(writable))
        if readable:
            for topic, payload, packet_id, retained in self.subscriber.read_sent()[0]:
                assert (topic, retained) == (b"assetloop/v1/demo/P-101/telemetry", 0)
                self.packet_ids.append(packet_id)
                self.numbers.append(orjson.loads(payload)["n"])

    def close(self) -> None:
        if self.subscriber.is_listening:
            self.subscriber.ask_again()
            self.until(lambda: self.subscriber.is_listening)
        self.subscriber.drop()


@pytest.fixture(params=["frames", "paho"])
def reader(request: pytest.FixtureRequest) -> str:
    """The way in which messages are read: both pass the same tests."""
    return str(request.param)


@pytest.fixture
def listener(broker: Any, reader: Any) -> Iterator[Listener]:
    listening = Listener(broker.url, reader)
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
    listener.connection.acknowledge(listener.packet_ids)
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
    earlier = listener.connection
    listener.subscriber.drop()
    listener.connect()
    listener.until(lambda: len(listener.numbers) == 3)
    earlier.acknowledge(listener.packet_ids)
    listener.subscriber.drop()
    listener.connect()
    listener.until(lambda: listener.numbers == [0, 1, 2])


def test_the_broker_is_left_waiting_where_nothing_is_to_be_read(
    listener: Listener, broker: Any, start_device: Any
) -> None:
    listener.connect()
    start_device(broker).says({"n": 1})
    for _ in range(5):
        listener.look(0.02, reads=False)
    assert listener.numbers == []
    listener.until(lambda: listener.numbers == [1])


def test_a_lost_connection_is_noticed(listener: Listener) -> None:
    listener.connect()
    inner: Any = listener.subscriber._client.socket()
    inner.shutdown(socket.SHUT_RDWR)
    with pytest.raises(Unavailable, match="connection to the broker is lost"):
        listener.until(lambda: False)
    assert listener.subscriber.connection is None


def test_a_broker_that_is_not_there_is_unavailable(reader: Any) -> None:
    port = free_port()
    listener = Listener(f"mqtt://127.0.0.1:{port}", reader)
    with pytest.raises(Unavailable, match=f"no broker at mqtt://127.0.0.1:{port}"):
        listener.subscriber.connect()


@pytest.mark.parametrize("url", ["", "127.0.0.1:1883", "http://broker", "mqtt://", "mqtt://broker:port", "mqtt://[::1"])
def test_an_address_that_is_not_one_says_how_to_write_it(url: str) -> None:
    with pytest.raises(Misconfigured, match="write mqtt://"):
        Listener(url)


def test_a_large_message_and_a_flood_of_small_ones_come_whole_and_in_order(
    listener: Listener, broker: Any, start_device: Any
) -> None:
    device = start_device(broker)
    listener.connect()
    for n in range(3):
        device.says({"n": 1_000 * n, "filler": "x" * 3_000_000})
        device.says_many([{"n": 1_000 * n + k} for k in range(1, 50)])
        listener.until(lambda n=n: len(listener.numbers) == 50 * (n + 1))  # type: ignore[misc]
        listener.connection.acknowledge(listener.packet_ids[50 * n :])
    assert listener.numbers == [1_000 * n + k for n in range(3) for k in range(50)]


@pytest.mark.needs("mosquitto")
def test_leaving_brings_what_the_broker_had_sent_already(listener: Listener, broker: Any, start_device: Any) -> None:
    device = start_device(broker)
    listener.connect()
    device.says_many([{"n": n} for n in range(50)])
    select.select([listener.subscriber.socket], [], [], PATIENCE_S)
    left = listener.subscriber.leave()
    assert [orjson.loads(payload)["n"] for _, payload, _, _ in left] == list(range(50))
    assert listener.subscriber.connection is None
    listener.connect()
    listener.until(lambda: len(listener.numbers) == 50)


class TestMosquitto:
    """What only a full broker can show."""

    def test_a_broker_that_falls_silent_is_noticed_within_the_keep_alive(
        self, mosquitto: Any, reader: Any, mosquitto_process: Any
    ) -> None:
        listener = Listener(mosquitto.url, reader, keepalive_s=1)
        listener.connect()
        mosquitto_process.suspend()
        left = TimeLeft()
        try:
            with pytest.raises(Unavailable, match="lost"):
                listener.until(lambda: False)
        finally:
            mosquitto_process.resume()
        assert left.taken_s() < 4
        listener.subscriber.drop()

    def test_a_session_with_an_expiry_speaks_mqtt_5_and_is_forgotten_after_it(
        self, mosquitto: Any, reader: Any, start_device: Any
    ) -> None:
        device = start_device(mosquitto)
        for expiry_s, away_s, comes_again in ((60, 1.5, True), (1, 3.0, False)):
            listener = Listener(mosquitto.url, reader, session_expiry_s=expiry_s)
            listener.connect()
            listener.subscriber.drop()
            device.says({"n": 7})
            time.sleep(away_s)  # the broker's own clock
            listener.connect()
            device.says({"n": 8})
            listener.until(lambda listener=listener: 8 in listener.numbers)  # type: ignore[misc]
            assert (7 in listener.numbers) is comes_again
            listener.connection.acknowledge(listener.packet_ids)
            listener.close()

    def test_a_session_that_was_ended_is_forgotten_with_what_waits_in_it(
        self, mosquitto: Any, start_device: Any
    ) -> None:
        device = start_device(mosquitto)
        listener = Listener(mosquitto.url)
        listener.connect()
        listener.subscriber.drop()
        device.says({"n": 7})
        end_session(BrokerSettings(url=mosquitto.url), "test-ingest-0")
        listener.connect()
        device.says({"n": 8})
        listener.until(lambda: bool(listener.numbers))
        assert listener.numbers == [8]
        listener.close()

    def test_nothing_new_comes_after_unsubscribing_but_what_waited_does(
        self, mosquitto: Any, reader: Any, start_device: Any
    ) -> None:
        device = start_device(mosquitto)
        listener = Listener(mosquitto.url, reader)
        listener.connect()
        listener.subscriber.drop()
        device.says({"n": 7})
        listener.connect()
        listener.subscriber.unsubscribe()
        listener.until(lambda: not listener.subscriber.is_listening)
        device.says({"n": 8})
        listener.look(0.2)
        assert listener.numbers == [7]
        listener.subscriber.drop()
