"""The embedded broker as its clients meet it: a gate and the broker behind it, both real."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import psutil
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from ingest.mqtt.connecting import BrokerSettings
from ingest.mqtt.subscriber import Subscriber
from plant.errors import Unavailable
from service.broker.embedded import EmbeddedBroker
from tests.conftest import free_port
from tests.patience import PATIENCE_S
from tests.stack import wait_for

TOPIC = "plant/1/telemetry"
Connects = Callable[..., "Client"]
V311, V5 = MQTTProtocolVersion.MQTTv311, MQTTProtocolVersion.MQTTv5


class Client:
    """A client of paho's that notes what it hears."""

    def __init__(self, port: int, name: str = "", *, protocol: MQTTProtocolVersion = V311, will: str = "") -> None:
        self.heard: list[tuple[str, bytes, bool]] = []
        self.acknowledged = 0
        self.is_in, self.is_subscribed = threading.Event(), threading.Event()
        self.paho = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=protocol)
        self.paho.on_connect = lambda *_: self.is_in.set()
        self.paho.on_subscribe = lambda *_: self.is_subscribed.set()
        self.paho.on_message = lambda _c, _u, one: self.heard.append((one.topic, one.payload, one.retain))
        self.paho.on_publish = self._on_publish
        if will:
            self.paho.will_set(will, b"gone", qos=1)
        self.paho.connect("127.0.0.1", port)
        self.paho.loop_start()
        assert self.is_in.wait(PATIENCE_S)

    def _on_publish(self, *_: object) -> None:
        self.acknowledged += 1

    def subscribe(self, wanted: str) -> None:
        self.is_subscribed.clear()
        self.paho.subscribe(wanted, qos=1)
        assert self.is_subscribed.wait(PATIENCE_S)

    def says(self, *payloads: bytes, topic: str = TOPIC, qos: int = 1, retain: bool = False) -> None:
        """Publish, and wait for the acknowledgements."""
        enough = self.acknowledged + len(payloads)
        for payload in payloads:
            self.paho.publish(topic, payload, qos=qos, retain=retain)
        wait_for(lambda: self.acknowledged >= enough, what="acknowledgement")

    def vanish(self) -> None:
        """End without a farewell."""
        source: Any = self.paho.socket()
        self.paho._reconnect_on_failure = False
        source.shutdown(socket.SHUT_RDWR)

    def leave(self) -> None:
        self.paho.disconnect()
        self.paho.loop_stop()


class Ingest:
    """Ingest's session, by its own client, without what comes behind it."""

    def __init__(self, broker: EmbeddedBroker, *, url: str = "", expiry_s: int | None = None) -> None:
        settings = BrokerSettings(url=url or broker.ingest_url, session_expiry_s=expiry_s)
        self._subscriber = Subscriber(settings, client_id="assetloop-x-ingest-0", filters=["plant/+/telemetry"])
        self._subscriber.connect()
        self._ids: list[int] = []

    def hears(self, messages: int) -> list[bytes]:
        """Wait for messages and return their payloads."""
        heard: list[bytes] = []

        def look() -> bool:
            for _, payload, packet_id, _ in self.take():
                heard.append(payload)
                self._ids.append(packet_id)
            return len(heard) >= messages and self._subscriber.is_listening

        wait_for(look, what=f"{messages} messages for ingest")
        return heard

    def take(self) -> list[Any]:
        taken = self._subscriber.read_sent()[0]
        self._subscriber.tend(writable=True)
        return taken

    def stores(self, messages: int | None = None) -> None:
        ids, self._ids = self._ids[:messages], self._ids[messages or len(self._ids) :]
        self._subscriber.acknowledge(ids)
        self._subscriber.ask_again()  # the answer says that all before was read
        wait_for(lambda: self.take() == [] and self._subscriber.is_listening, what="answer")

    def leave(self) -> None:
        self._subscriber.drop()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[EmbeddedBroker]:
    one = new_broker(tmp_path)
    one.start()
    yield one
    one.stop()


def new_broker(folder: Path, *, port: int = 0, most_bytes: int = 2**30) -> EmbeddedBroker:
    return EmbeddedBroker(
        folder / "broker",
        folder / "broker" / "journal",
        port=port or free_port(),
        filters=["plant/+/telemetry"],
        most_bytes=most_bytes,
        log=folder / "broker.log",
    )


@pytest.fixture
def connects(broker: EmbeddedBroker) -> Iterator[Connects]:
    clients: list[Client] = []

    def connect(*names: str, **more: Any) -> Client:
        clients.append(Client(broker.port, *names, **more))
        return clients[-1]

    yield connect
    for one in clients:
        one.leave()


@pytest.mark.parametrize("protocol", [V311, V5])
@pytest.mark.parametrize("qos", [0, 1, 2])
@pytest.mark.parametrize("expiry_s", [None, 3600])
def test_what_a_device_said_before_ingest_came_for_the_first_time_is_given_to_it(
    broker: EmbeddedBroker, connects: Connects, protocol: MQTTProtocolVersion, qos: int, expiry_s: int | None
) -> None:
    device = connects(protocol=protocol)
    device.says(b"1", b"2", b"x" * 300, b"", qos=qos)
    assert Ingest(broker, expiry_s=expiry_s).hears(4) == [b"1", b"2", b"x" * 300, b""]


def test_what_ingest_has_not_stored_it_is_given_again_and_nothing_else(
    broker: EmbeddedBroker, connects: Connects, tmp_path: Path
) -> None:
    device = connects()
    device.says(*(str(number).encode() for number in range(10)))
    ingest = Ingest(broker)
    ingest.hears(10)
    ingest.stores(4)
    ingest.leave()
    assert Ingest(broker).hears(6) == [str(number).encode() for number in range(4, 10)]
    broker.stop()
    successor = new_broker(tmp_path)
    successor.start()
    try:
        assert Ingest(successor).hears(6) == [str(number).encode() for number in range(4, 10)]
    finally:
        successor.stop()


def test_what_a_killed_gate_had_acknowledged_is_there_and_its_port_too(
    broker: EmbeddedBroker, connects: Connects
) -> None:
    device = connects()
    device.says(*(str(number).encode() for number in range(100)))
    psutil.Process(broker.pids[0]).kill()
    wait_for(lambda: not broker.is_running, what="its end")
    broker.start()
    device.says(b"100")
    heard = Ingest(broker).hears(101)
    assert sorted({int(payload) for payload in heard}) == list(range(101))


def test_a_message_of_qos_2_is_kept_once_in_a_session_and_again_in_a_new_one(broker: EmbeddedBroker) -> None:
    connect = b"\x10\x0e\x00\x04MQTT\x04\x00\x00\x3c\x00\x02q2"
    publish = b"\x34\x16\x00\x11" + TOPIC.encode() + b"\x00\x07"

    def says(payload: bytes, times: int) -> None:
        with socket.create_connection(("127.0.0.1", broker.port)) as raw:
            raw.sendall(connect)
            assert raw.recv(4)[0] == 0x20
            for _ in range(times):
                raw.sendall(publish + payload)
                assert raw.recv(4) == b"\x50\x02\x00\x07"

    says(b"a", times=2)
    psutil.Process(broker.pids[1]).kill()  # with the broker behind the session is gone, and its ids begin anew
    wait_for(lambda: not broker.is_running, what="its end")
    broker.start()
    says(b"b", times=1)
    assert Ingest(broker).hears(2) == [b"a", b"b"]


def test_a_gate_that_is_stopped_says_nothing_and_leaves_in_good_order(broker: EmbeddedBroker, tmp_path: Path) -> None:
    gate = psutil.Process(broker.pids[0])
    broker._gate._process.terminate()  # type: ignore[union-attr]
    assert gate.wait(PATIENCE_S) == 0
    assert (tmp_path / "broker.log").read_text() == ""


def test_what_ingest_subscribes_to_is_kept_beside_what_was_known(broker: EmbeddedBroker, connects: Connects) -> None:
    settings = BrokerSettings(url=broker.ingest_url)
    subscriber = Subscriber(settings, client_id="assetloop-x-ingest-0", filters=["$share/g/other/#"])
    subscriber.connect()

    def is_listening() -> bool:
        subscriber.read_sent()
        subscriber.tend(writable=True)
        return subscriber.is_listening

    wait_for(is_listening, what="subscription")
    subscriber.drop()
    device = connects()
    device.says(b"1")
    device.says(b"2", topic="other/1")
    assert Ingest(broker).hears(2) == [b"1", b"2"]


def test_other_clients_hear_each_other_as_before(connects: Connects) -> None:
    listener, modern, device = connects(), connects(protocol=V5), connects()
    for one in (listener, modern):
        one.subscribe("#")
    device.says(b"t")
    device.says(b"o", topic="assetloop/v1/a/b/workorder", qos=2)
    device.says(b"r", topic="kept/one", retain=True)
    for one in (listener, modern):
        wait_for(lambda one=one: len(one.heard) >= 3, what="three messages")
        assert sorted(payload for _, payload, _ in one.heard) == [b"o", b"r", b"t"]
    late = connects()
    late.subscribe("kept/#")
    wait_for(lambda: late.heard, what="the retained message")
    assert late.heard == [("kept/one", b"r", True)]


def test_what_ingest_says_to_devices_comes_to_them(broker: EmbeddedBroker, connects: Connects) -> None:
    device = connects()
    device.subscribe("spBv1.0/+/NCMD/+")
    ingest = Ingest(broker)
    ingest.hears(0)
    ingest._subscriber.publish("spBv1.0/g/NCMD/n", b"rebirth")
    ingest.take()
    wait_for(lambda: device.heard, what="command")
    assert device.heard == [("spBv1.0/g/NCMD/n", b"rebirth", False)]


def test_a_will_is_telemetry_where_its_topic_is_and_void_after_a_farewell(
    broker: EmbeddedBroker, connects: Connects
) -> None:
    listener = connects()
    listener.subscribe(TOPIC)
    connects(will=TOPIC).leave()
    connects(will="elsewhere").vanish()
    connects(will=TOPIC).vanish()
    assert Ingest(broker).hears(1) == [b"gone"]
    wait_for(lambda: listener.heard, what="the will elsewhere")
    assert [payload for _, payload, _ in listener.heard] == [b"gone"]


def test_the_session_of_ingest_is_for_ingest_alone(broker: EmbeddedBroker, connects: Connects) -> None:
    connects().says(b"1")
    thief = Ingest(broker, url=broker.url)
    with pytest.raises(Unavailable):
        thief.hears(1)
    first, second = Ingest(broker), Ingest(broker)
    assert second.hears(1) == [b"1"]
    with pytest.raises(Unavailable):
        first.hears(2)


def test_devices_are_held_up_while_there_is_no_room_and_nothing_is_lost(tmp_path: Path) -> None:
    one = new_broker(tmp_path, most_bytes=20_000)
    one.start()
    try:
        device = Client(one.port)
        for number in range(60):
            device.paho.publish(TOPIC, f"{number:03}".encode() * 300, qos=1)
        wait_for(lambda: "held up" in (tmp_path / "broker.log").read_text(), what="a full journal")
        before = device.acknowledged
        assert before < 60
        ingest, heard = Ingest(one), []
        # Only whole segments make room; what waits is stored and the journal taken up anew.
        while len(heard) < before:
            heard += ingest.hears(1)
        ingest.stores()
        device.leave()
    finally:
        one.stop()
    assert {int(payload[:3]) for payload in heard} >= set(range(before))


def test_large_payloads_pass_and_larger_ones_end_their_connection_alone(
    broker: EmbeddedBroker, connects: Connects
) -> None:
    device, other = connects(), connects()
    large = b"x" * (15 * 2**20)
    device.says(large)
    assert Ingest(broker).hears(1) == [large]
    with socket.create_connection(("127.0.0.1", broker.port)) as raw:
        raw.sendall(b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x0a\x00\x01x" + b"\x32\xff\xff\xff\x7f" + b"x" * 1000)
        assert ends(raw)
    other.says(b"goes on")


@pytest.mark.parametrize(
    "words", [b"GET / HTTP/1.1\r\n\r\n", b"\x10\xff\xff\xff\xff", b"\x10\x02\x00\x09", b"\x16\x03\x01"]
)
def test_what_is_not_mqtt_is_sent_away(broker: EmbeddedBroker, connects: Connects, words: bytes) -> None:
    other = connects()
    with socket.create_connection(("127.0.0.1", broker.port)) as raw:
        raw.sendall(words)
        raw.shutdown(socket.SHUT_WR)
        assert ends(raw)
    other.says(b"goes on")


def test_hundreds_of_clients_at_once(broker: EmbeddedBroker) -> None:
    with contextlib.ExitStack() as opened:
        lines = []
        for number in range(400):
            raw = opened.enter_context(socket.create_connection(("127.0.0.1", broker.port)))
            name = f"{number:04}".encode()
            raw.sendall(b"\x10\x10\x00\x04MQTT\x04\x02\x00\x00\x00\x04" + name)  # and no keep-alive
            lines.append(raw)
        for raw in lines:
            assert raw.recv(4) == b"\x20\x02\x00\x00"
            raw.sendall(b"\x32\x17\x00\x11" + TOPIC.encode() + b"\x00\x01hi")
        for raw in lines:
            assert raw.recv(4) == b"\x40\x02\x00\x01"
        assert Ingest(broker).hears(400) == [b"hi"] * 400


def test_a_broker_behind_that_is_killed_is_waited_for(broker: EmbeddedBroker, connects: Connects) -> None:
    device = connects("d")
    psutil.Process(broker.pids[1]).kill()
    wait_for(lambda: not broker.is_running, what="its end")
    newcomer: list[Client] = []
    waiting = threading.Thread(target=lambda: newcomer.append(connects("newcomer")))
    waiting.start()
    broker.start()
    waiting.join(PATIENCE_S)
    newcomer[0].says(b"1")
    device.says(b"2")
    assert set(Ingest(broker).hears(2)) == {b"1", b"2"}


def ends(raw: socket.socket) -> bool:
    raw.settimeout(PATIENCE_S)
    with contextlib.suppress(ConnectionResetError):
        while raw.recv(4096):
            time.sleep(0)
    return True
