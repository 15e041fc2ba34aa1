"""The stack as it comes, and what breaks it: whatever a device was told to be stored is stored, once."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import psycopg
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tests.conftest import free_port
from tests.stack import Stack, wait_for

TOPIC = "assetloop/v1/plant/P-1/telemetry"
_EVERY_S = 0.01


class Device:
    """A device as the README shows it: paho, QoS 1, each message with its time. It connects again at once."""

    def __init__(self, port: int) -> None:
        self.sent: dict[int, float] = {}
        self.acknowledged: set[int] = set()
        self._stop = threading.Event()
        self._begin_ms = int(time.time() * 1000) - 100_000
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="pump-1", clean_session=False)
        self._client.reconnect_delay_set(1, 1)
        self._client._reconnect_min_delay = self._client._reconnect_max_delay = 0.02
        self._client.on_publish = self._on_publish
        self._client.connect("127.0.0.1", port, keepalive=10)
        self._client.loop_start()
        self._thread = threading.Thread(target=self._speak)
        self._thread.start()

    def _speak(self) -> None:
        while not self._stop.wait(_EVERY_S):
            number = len(self.sent)
            ts = self._begin_ms + number
            self.sent[ts] = float(number)
            self._client.publish(TOPIC, json.dumps({"ts": ts, "values": {"n": number}}), qos=1)

    def _on_publish(self, _client: object, _userdata: object, mid: int, *_: object) -> None:
        self.acknowledged.add(mid)

    def speaks(self, messages: int = 200) -> None:
        """Wait until it has said so many more, heard or not."""
        enough = len(self.sent) + messages
        wait_for(lambda: len(self.sent) >= enough, what="words")

    def goes_on(self, messages: int = 100) -> None:
        """Wait until so many more of its messages were acknowledged."""
        enough = len(self.acknowledged) + messages
        wait_for(lambda: len(self.acknowledged) >= enough, what="acknowledgements")

    def stop(self, *, finish: bool = True) -> None:
        self._stop.set()
        self._thread.join()
        if finish:
            wait_for(lambda: len(self.acknowledged) == len(self.sent), what="the last acknowledgement")
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "broker_port").write_text(f"{free_port()}\n")
    one = Stack(folder, free_port(), ("--no-demo",), environment={"ASSETLOOP_AUTO_REGISTER": "true"})
    with one:
        one.running()
        yield one


@pytest.fixture
def device(stack: Stack) -> Iterator[Device]:
    one = Device(broker_port(stack))
    yield one
    if not one._stop.is_set():
        one.stop(finish=False)


def broker_port(stack: Stack) -> int:
    return int((stack.folder / "broker_port").read_text())


def stored(stack: Stack) -> dict[int, float]:
    with psycopg.connect(stack.running()["database_url"]) as connection:
        rows = connection.execute(
            "SELECT round(extract(epoch FROM time) * 1000)::bigint, value FROM reading"
        ).fetchall()
    assert len(rows) == len({ts for ts, _ in rows}), "double"
    return dict(rows)


def assert_all_is_stored(stack: Stack, device: Device) -> None:
    device.stop()
    wait_for(lambda: len(stored(stack)) >= len(device.sent), what="all that was sent")
    assert stored(stack) == device.sent


@pytest.mark.long
def test_ctrl_c_and_a_new_start_lose_nothing(stack: Stack, device: Device) -> None:
    device.goes_on()
    stack.stop()
    device.speaks()  # and tries to reach the broker at every moment
    with stack:
        device.goes_on()
        assert_all_is_stored(stack, device)
        stack.stop()


@pytest.mark.long
def test_a_killed_up_loses_nothing(stack: Stack, device: Device) -> None:
    for _ in range(2):
        is_killed_and_starts_again(stack, device)
    device.goes_on()
    assert_all_is_stored(stack, device)


@pytest.mark.parametrize("times", [1, pytest.param(4, marks=pytest.mark.long)])
def test_whatever_is_killed_part_by_part_and_as_a_whole_nothing_is_lost(
    stack: Stack, device: Device, times: int
) -> None:
    gate, behind = "service.broker.process", "iotcore"
    for part in (gate, behind, "ingest") * times:
        device.goes_on()
        (stack.role(part) if part == "ingest" else stack.embedded(part)).kill()
    is_killed_and_starts_again(stack, device)
    device.goes_on()
    assert_all_is_stored(stack, device)


def is_killed_and_starts_again(stack: Stack, device: Device) -> None:
    """At the new start `serve` still has the port: it was stopped, as it is on a machine that has no time for it."""
    device.goes_on()
    serving = stack.role("serve")
    wait_for(lambda: stack.port in {one.laddr.port for one in serving.net_connections("tcp")}, what="its port")
    serving.suspend()
    stack.kill()
    stack.__enter__()
    wait_for(lambda: "waiting for its end" in stack.said(), what="a start that waits")
    serving.resume()
    stack.running()
