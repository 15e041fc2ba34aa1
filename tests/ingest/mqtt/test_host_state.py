"""The STATE of the Sparkplug host at a real broker: birth, will, farewell, and one host whoever speaks for it."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from typing import Any, Literal

import orjson
import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from ingest.mqtt.connecting import BrokerSettings
from ingest.mqtt.host_state import HostState, HostStateSettings
from plant.clock import SystemClock

pytestmark = pytest.mark.needs("mosquitto")
PATIENCE_S = 30.0
TOPIC = "spBv1.0/STATE/assetloop"
Start = Callable[..., HostState]


class Node:
    """An edge node that listens to what its host says."""

    def __init__(self, host: str, port: int, topic: str = TOPIC) -> None:
        self.topic = topic
        self.heard: queue.Queue[tuple[bytes, bool]] = queue.Queue()
        granted: queue.Queue[None] = queue.Queue()
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2)
        self.client.on_subscribe = lambda *_: granted.put(None)
        self.client.on_message = lambda _client, _userdata, message: self.heard.put((message.payload, message.retain))
        self.client.connect(host, port)
        self.client.loop_start()
        self.client.subscribe(topic, qos=1)
        granted.get(timeout=PATIENCE_S)

    def hears(self) -> Any:
        payload, _ = self.heard.get(timeout=PATIENCE_S)
        return orjson.loads(payload)

    def says(self, payload: bytes) -> None:
        self.client.publish(self.topic, payload, qos=1, retain=True).wait_for_publish(PATIENCE_S)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def node(mosquitto: Any) -> Iterator[Node]:
    made = Node(mosquitto.host, mosquitto.port)
    yield made
    made.close()


@pytest.fixture
def start(mosquitto: Any) -> Iterator[Start]:
    """Start a process's STATE; all are closed when the test ends."""
    made: list[HostState] = []

    def start_(client_id: str = "house-sparkplug-host", version: Literal["3.0", "2.2"] = "3.0") -> HostState:
        settings = HostStateSettings(host_id="assetloop", version=version)
        made.append(HostState(BrokerSettings(url=mosquitto.url), settings, SystemClock(), client_id))
        return made[-1]

    yield start_
    for one in made:
        one.close()


def lose(state: HostState, caught: dict[str, mqtt.Client]) -> None:
    """Cut the connection as the death of its process does."""
    sock = caught[state._client_id].socket()
    assert sock is not None
    sock.close()


@pytest.fixture
def caught(monkeypatch: pytest.MonkeyPatch) -> dict[str, mqtt.Client]:
    """The clients that were made last, by their ids."""
    clients: dict[str, mqtt.Client] = {}
    real = HostState._connected

    def connected(self: HostState) -> mqtt.Client:
        clients[self._client_id] = real(self)
        return clients[self._client_id]

    monkeypatch.setattr(HostState, "_connected", connected)
    return clients


def test_a_host_is_born_and_dies_with_a_farewell_and_both_are_retained(
    node: Node, start: Start, mosquitto: Any
) -> None:
    before_ms = int(time.time() * 1000)
    state = start()
    state.say(is_online=True)
    birth = node.hears()
    assert birth["online"] is True
    assert before_ms <= birth["timestamp"] <= time.time() * 1000
    late = Node(mosquitto.host, mosquitto.port)
    assert late.heard.get(timeout=PATIENCE_S) == (orjson.dumps(birth), True)
    late.close()
    state.say(is_online=False)
    death = node.hears()
    assert death["online"] is False
    assert death["timestamp"] >= birth["timestamp"]
    late = Node(mosquitto.host, mosquitto.port)
    assert late.heard.get(timeout=PATIENCE_S) == (orjson.dumps(death), True)
    late.close()


def test_where_the_process_dies_the_broker_says_so_at_the_time_of_its_birth(
    node: Node, start: Start, caught: dict[str, mqtt.Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    state = start()
    state.say(is_online=True)
    birth = node.hears()
    monkeypatch.setattr("ingest.mqtt.host_state.Outage.failed", lambda *_: 60.0)
    lose(state, caught)
    assert node.hears() == {"online": False, "timestamp": birth["timestamp"]}


def test_a_lost_connection_is_made_again_with_a_will_of_its_own(
    node: Node, start: Start, caught: dict[str, mqtt.Client]
) -> None:
    state = start()
    state.say(is_online=True)
    first = node.hears()
    lose(state, caught)
    said = [node.hears(), node.hears()]
    assert [one["online"] for one in said] == [False, True]
    assert said[0]["timestamp"] == first["timestamp"] < said[1]["timestamp"]


def test_who_says_that_an_online_host_is_offline_is_contradicted(node: Node, start: Start) -> None:
    start().say(is_online=True)
    birth = node.hears()
    node.says(orjson.dumps({"online": False, "timestamp": birth["timestamp"] - 1000}))
    assert [node.hears()["online"], node.hears()] == [False, birth]
    newer = birth["timestamp"] + 5000
    node.says(orjson.dumps({"online": False, "timestamp": newer}))
    assert node.hears() == {"online": False, "timestamp": newer}
    again = node.hears()
    assert again["online"] is True
    assert again["timestamp"] > newer


def test_two_installations_of_one_host_id_do_not_answer_each_other_for_ever(node: Node, start: Start) -> None:
    start("one-sparkplug-host").say(is_online=True)
    first = node.hears()
    start("other-sparkplug-host").say(is_online=True)
    second = node.hears()
    assert (first["online"], second["online"]) == (True, True)
    node.says(b"{}")  # neither form of anything: taken for offline, and answered once by each
    heard = [node.heard.get(timeout=PATIENCE_S)[0] for _ in range(3)]
    assert heard[0] == b"{}"
    assert sorted(orjson.loads(one)["timestamp"] for one in heard[1:]) == sorted(
        (first["timestamp"], second["timestamp"])
    )
    node.says(orjson.dumps({"online": True, "timestamp": second["timestamp"] + 60_000}))
    node.hears()
    node.says(b"{}")
    assert node.heard.get(timeout=PATIENCE_S)[0] == b"{}"  # nobody answered what says online


def test_a_successor_takes_the_host_over_and_it_stays_online(node: Node, start: Start) -> None:
    start().say(is_online=True)
    first = node.hears()
    start().say(is_online=True)  # the former one is frozen, and has not noticed that its slot is gone
    said = [node.hears()]
    while not said[-1]["online"]:
        said.append(node.hears())
    assert said[-1]["timestamp"] >= first["timestamp"]


def test_the_form_of_the_older_specification_is_spoken_by_setting(mosquitto: Any, start: Start) -> None:
    node = Node(mosquitto.host, mosquitto.port, "STATE/assetloop")
    state = start(version="2.2")
    state.say(is_online=True)
    assert node.heard.get(timeout=PATIENCE_S)[0] == b"ONLINE"
    node.says(b"OFFLINE")
    assert [node.heard.get(timeout=PATIENCE_S)[0] for _ in range(2)] == [b"OFFLINE", b"ONLINE"]
    state.close()
    assert node.heard.get(timeout=PATIENCE_S)[0] == b"OFFLINE"
    node.close()


@pytest.mark.usefixtures("register")
def test_the_host_is_online_while_an_ingest_hears_the_nodes_and_offline_once_it_stops(
    mosquitto: Any, start_ingest: Any, node: Node, await_rows: Any
) -> None:
    host = HostStateSettings(host_id="assetloop")
    first = start_ingest(mosquitto, holder="first", share="assetloop", host_state=host)
    assert node.hears()["online"] is True
    second = start_ingest(mosquitto, holder="second", share="assetloop", host_state=host)
    await_rows("SELECT FROM ingest_slot WHERE holder = 'second' AND is_listening", 1)
    first.stop()
    assert node.hears()["online"] is False
    assert node.hears()["online"] is True  # the second one has taken the slot over that hears all nodes
    second.stop()
    assert node.hears()["online"] is False
    assert node.heard.empty()
