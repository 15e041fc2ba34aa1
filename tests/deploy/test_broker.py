"""The broker as the compose file starts it: every account reaches its own topics, and nobody else gets in."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tests.conftest import free_port

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.needs("mosquitto")


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[int]:
    """The broker as compose starts it, but for paths and port."""
    port = free_port()
    data = tmp_path / "data"
    data.mkdir()
    places = {
        "/tmp/mosquitto": str(tmp_path / "run"),  # noqa: S108 - what the image has
        "/mosquitto/data/": f"{data}/",
        "/deploy/": f"{tmp_path}/",
        "listener 1883": f"listener {port} 127.0.0.1",
    }
    for file in (ROOT / "deploy" / "mosquitto").iterdir():
        text = file.read_text(encoding="utf-8")
        for there, here in places.items():
            text = text.replace(there, here)
        (tmp_path / file.name).write_text(text, encoding="utf-8")
    if os.geteuid() == 0:  # else the broker would give up root, and with it the test's files
        with (tmp_path / "mosquitto.conf").open("a", encoding="utf-8") as conf:
            conf.write("user root\n")
    secrets = {f"MQTT_{name.upper()}_PASSWORD": name[::-1] for name in ("device", "ingest", "work", "engineering")}
    command = ["sh", str(tmp_path / "start.sh")]
    with subprocess.Popen(command, env={**os.environ, **secrets}, stderr=subprocess.DEVNULL) as broker:
        try:
            _await_port(port, broker)
            yield port
        finally:
            broker.terminate()


def test_the_broker_knows_its_accounts_and_nobody_else(mosquitto: int) -> None:
    assert _connect(mosquitto, "device", "ecived") == 0
    assert _connect(mosquitto, "device", "wrong") == 5
    assert _connect(mosquitto, None, None) == 5


@pytest.mark.parametrize(
    ("writer", "topic", "reader", "arrives"),
    [
        ("device", "assetloop/v1/demo/P-1/telemetry", "ingest", True),
        ("device", "assetloop/v1/demo/P-1/workorder", "engineering", False),
        ("work", "assetloop/v1/demo/P-1/workorder", "engineering", True),
        ("work", "assetloop/v1/demo/P-1/workorder", "device", False),
        ("ingest", "assetloop/v1/demo/P-1/telemetry", "ingest", False),
        ("device", "v1/gateway/telemetry", "ingest", True),
        ("device", "v1/gateway/connect", "ingest", True),
        ("device", "v1/gateway/rpc", "ingest", False),
        ("device", "spBv1.0/demo/NBIRTH/gw", "ingest", True),
        ("device", "spBv1.0/demo/DDATA/gw/P-1", "ingest", True),
        ("ingest", "spBv1.0/demo/NCMD/gw", "device", True),
        ("ingest", "spBv1.0/demo/NDATA/gw", "ingest", False),
        ("device", "spBv1.0/demo/NCMD/gw", "device", False),
        ("ingest", "spBv1.0/STATE/assetloop", "device", True),
        ("ingest", "STATE/assetloop", "device", True),
        ("device", "spBv1.0/STATE/assetloop", "device", False),
        ("device", "STATE/assetloop", "device", False),
        ("engineering", "assetloop/v1/engineering/engineering/reply/7", "work", True),
        ("engineering", "assetloop/v1/engineering/other/reply/7", "work", False),
    ],
)
def test_each_account_reaches_its_own_topics_alone(
    mosquitto: int, writer: str, topic: str, reader: str, arrives: bool
) -> None:
    assert _passes(mosquitto, writer, topic, reader) is arrives


def _await_port(port: int, broker: subprocess.Popen[bytes]) -> None:
    while True:
        assert broker.poll() is None, "the broker did not start"
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return


def _client(user: str | None, password: str | None) -> mqtt.Client:
    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv311)
    if user is not None:
        client.username_pw_set(user, password)
    return client


def _connect(port: int, user: str | None, password: str | None) -> int:
    """Return the CONNACK code: 0 is in, 5 is not authorised."""
    codes: list[int] = []
    client = _client(user, password)
    client.on_connect = lambda _c, _u, _f, reason, _p: codes.append(5 if reason.is_failure else 0)
    client.connect("127.0.0.1", port)
    while not codes:
        client.loop(0.1)
    client.disconnect()
    return codes[0]


def _passes(port: int, writer: str, topic: str, reader: str) -> bool:
    """Say whether `reader` gets what `writer` publishes; the broker confirms a refused message like any other."""
    got: list[str] = []
    subscribed: list[int] = []
    unsubscribed: list[int] = []
    published: list[int] = []
    listening, writing = _client(reader, reader[::-1]), _client(writer, writer[::-1])
    listening.on_message = lambda _c, _u, message: got.append(message.topic)
    listening.on_subscribe = lambda *_: subscribed.append(1)
    listening.on_unsubscribe = lambda *_: unsubscribed.append(1)
    listening.on_connect = lambda *_: _done(listening.subscribe(topic, qos=1))
    writing.on_connect = lambda *_: _done(writing.publish(topic, b"1", qos=1))
    writing.on_publish = lambda *_: published.append(1)
    listening.connect("127.0.0.1", port)
    while not subscribed:
        listening.loop(0.1)
    writing.connect("127.0.0.1", port)
    while not published:
        writing.loop(0.1)
    listening.unsubscribe(topic)
    while not unsubscribed:  # what was passed on before the PUBACK comes before the answer to this
        listening.loop(0.1)
    listening.disconnect()
    writing.disconnect()
    return bool(got)


def _done(_: object) -> None:
    """Drop an answer."""
