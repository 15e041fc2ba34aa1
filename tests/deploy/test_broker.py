"""The broker as the compose file starts it: every account reaches its own topics, and nobody else gets in."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from lifecycle.register.broker_accounts import (
    Accounts,
    asset_rights,
    control_room_rights,
    gateway_rights,
    node_rights,
    topic_rights,
)
from tests.conftest import free_port
from tests.ingest.test_tls import authority
from tests.patience import PATIENCE_S
from tests.stack import ASSETLOOP, wait_for

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.needs("mosquitto")


PLANT = {
    "pump": asset_rights("demo", "P-1"),
    "fan": asset_rights("demo", "F-1"),
    "gateway": gateway_rights(),
    "node": node_rights("demo", "gw"),
    "line": topic_rights("plant/line1/#"),
    "hmi": control_room_rights("demo"),
    "other-hmi": control_room_rights("demo"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Broker:
    """mosquitto as compose starts it, but for paths and ports: one for devices, one for the product's own processes."""

    outside: int
    inside: int
    accounts: Accounts
    passwords: dict[str, str]

    def port(self, login: str) -> int:
        return self.inside if login in {"ingest", "work"} else self.outside


@pytest.fixture(scope="module")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    tmp_path = tmp_path_factory.mktemp("mosquitto")
    outside, inside = free_port(), free_port()
    places = {
        "/tmp/mosquitto": str(tmp_path / "run"),  # noqa: S108 - what the image has
        "/mosquitto/data/": f"{tmp_path}/data/",
        "/deploy/": f"{tmp_path}/",
        "listener 1883": f"listener {outside} 127.0.0.1",
        "listener 1884": f"listener {inside} 127.0.0.1",
    }
    with started(tmp_path, places, inside) as (accounts, passwords):
        yield Broker(outside=outside, inside=inside, accounts=accounts, passwords=passwords)


@contextmanager
def started(
    folder: Path, places: dict[str, str], port: int, *, has_passwords: bool = True
) -> Iterator[tuple[Accounts, dict[str, str]]]:
    (folder / "data").mkdir()
    for file in (ROOT / "deploy" / "mosquitto").iterdir():
        text = file.read_text(encoding="utf-8")
        for there, here in places.items():
            text = text.replace(there, here)
        (folder / file.name).write_text(text, encoding="utf-8")
    if os.geteuid() == 0:  # else the broker would give up root, and with it the test's files
        with (folder / "mosquitto.conf").open("a", encoding="utf-8") as conf:
            conf.write("user root\n")
    accounts = Accounts(folder / "accounts")
    passwords = {name: accounts.add(name, rights, has_password=has_passwords) for name, rights in PLANT.items()}
    passwords |= {name: name[::-1] for name in ("ingest", "work", "engineering")}
    secrets = {f"MQTT_{name.upper()}_PASSWORD": name[::-1] for name in ("ingest", "work", "engineering")}
    environment = {**os.environ, **secrets, "ACCOUNTS": str(folder / "accounts")}
    command = ["sh", str(folder / "start.sh")]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as broker:
        try:
            _await_port(port, broker)
            yield accounts, passwords
        finally:
            broker.terminate()
            broker.wait(PATIENCE_S)


def test_the_broker_knows_its_accounts_and_nobody_else(mosquitto: Broker) -> None:
    assert _connect(mosquitto.outside, "pump", mosquitto.passwords["pump"]) == 0
    assert _connect(mosquitto.outside, "pump", mosquitto.passwords["fan"]) == 5
    assert _connect(mosquitto.outside, "device", "ecived") == 5
    assert _connect(mosquitto.outside, None, None) == 5


@pytest.mark.parametrize(
    ("writer", "topic", "reader", "arrives"),
    [
        ("pump", "assetloop/v1/demo/P-1/telemetry", "ingest", True),
        ("pump", "assetloop/v1/demo/F-1/telemetry", "ingest", False),
        ("pump", "assetloop/v1/demo/P-1/workorder", "engineering", False),
        ("pump", "v1/gateway/telemetry", "ingest", False),
        ("pump", "spBv1.0/demo/NDATA/gw", "ingest", False),
        ("work", "assetloop/v1/demo/P-1/workorder", "engineering", True),
        ("work", "assetloop/v1/demo/P-1/workorder", "pump", False),
        ("ingest", "assetloop/v1/demo/P-1/telemetry", "ingest", False),
        ("gateway", "v1/gateway/telemetry", "ingest", True),
        ("gateway", "v1/gateway/connect", "ingest", True),
        ("gateway", "v1/gateway/rpc", "ingest", False),
        ("gateway", "v1/devices/me/rpc/request/7", "ingest", True),
        ("ingest", "v1/devices/me/rpc/response/7", "gateway", True),
        ("pump", "v1/devices/me/rpc/request/7", "ingest", False),
        ("gateway", "assetloop/v1/demo/P-1/telemetry", "ingest", False),
        ("node", "spBv1.0/demo/NBIRTH/gw", "ingest", True),
        ("node", "spBv1.0/demo/DDATA/gw/P-1", "ingest", True),
        ("node", "spBv1.0/demo/NBIRTH/other", "ingest", False),
        ("ingest", "spBv1.0/demo/NCMD/gw", "node", True),
        ("ingest", "spBv1.0/demo/NDATA/gw", "ingest", False),
        ("ingest", "assetloop/v1/ingest/plant-ingest-1", "ingest", True),
        ("pump", "assetloop/v1/ingest/plant-ingest-1", "ingest", False),
        ("pump", "spBv1.0/demo/NCMD/gw", "node", False),
        ("ingest", "spBv1.0/STATE/assetloop", "node", True),
        ("ingest", "STATE/assetloop", "node", True),
        ("pump", "spBv1.0/STATE/assetloop", "node", False),
        ("pump", "STATE/assetloop", "node", False),
        ("engineering", "assetloop/v1/engineering/engineering/reply/7", "work", True),
        ("engineering", "assetloop/v1/engineering/other/reply/7", "work", False),
        ("hmi", "assetloop/v1/demo/P-1/alert/ack", "work", True),
        ("hmi", "assetloop/v1/south/P-1/alert/ack", "work", False),
        ("hmi", "assetloop/v1/demo/P-1/alert/ack", "other-hmi", False),
        ("hmi", "assetloop/v1/demo/P-1/alert", "other-hmi", False),
        ("pump", "assetloop/v1/demo/P-1/alert/ack", "work", False),
        ("work", "assetloop/v1/demo/P-1/alert/ack/reply", "hmi", True),
        ("work", "assetloop/v1/demo/P-1/alert", "hmi", True),
        ("work", "assetloop/v1/south/P-1/alert", "hmi", False),
    ],
)
def test_each_account_reaches_its_own_topics_alone(
    mosquitto: Broker, writer: str, topic: str, reader: str, arrives: bool
) -> None:
    assert _passes(mosquitto, writer, topic, reader) is arrives


def test_a_device_that_takes_the_client_id_of_another_has_its_own(mosquitto: Broker) -> None:
    ended: list[object] = []
    victims = []
    for login, client_id in (("ingest", "plant-ingest-0"), ("fan", "fan")):
        victim = _client(login, mosquitto.passwords[login], client_id)
        victim.on_disconnect = lambda *_: ended.append(1)
        connect(victim, mosquitto.port(login))
        victims.append(victim)
    for client_id in ("plant-ingest-0", "fan"):
        thief = _client("pump", mosquitto.passwords["pump"], client_id)
        connect(thief, mosquitto.outside)
        thief.disconnect()
    for victim in victims:
        subscribed: list[int] = []
        victim.on_subscribe = lambda *_, subscribed=subscribed: subscribed.append(1)
        victim.subscribe("assetloop/v1/demo/P-1/telemetry")
        while not subscribed and not ended:
            victim.loop(0.1)
    assert ended == []
    for victim in victims:
        victim.disconnect()


def test_a_device_that_is_removed_is_cut_off_and_a_new_one_is_let_in(mosquitto: Broker) -> None:
    old_password = mosquitto.accounts.add("old", asset_rights("demo", "O-1"))
    until(lambda: _connect(mosquitto.outside, "old", old_password) == 0)
    old = _client("old", old_password)
    fan = _client("fan", mosquitto.passwords["fan"])
    ended: dict[str, int] = {}
    for name, one in (("old", old), ("fan", fan)):
        one.on_disconnect = lambda *_, name=name: ended.update({name: 1})
        connect(one, mosquitto.outside)
    mosquitto.accounts.remove("old")
    password = mosquitto.accounts.add("mill", asset_rights("demo", "M-1"))
    until(lambda: bool(ended), old, fan)
    assert list(ended) == ["old"]
    assert _connect(mosquitto.outside, "old", old_password) == 5
    assert _connect(mosquitto.outside, "mill", password) == 0
    fan.disconnect()


# paho leaves the socket of a connection that the broker ended to the garbage collector.
@pytest.mark.filterwarnings("ignore:.*SSLSocket:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.needs("openssl")
def test_devices_with_certificates_have_the_rights_of_their_names(tmp_path: Path) -> None:
    made = authority(tmp_path / "certificates")
    for name, alternative in (("broker", "IP:127.0.0.1"), ("pump", ""), ("fan", ""), ("stranger", "")):
        made.sign(name, alternative)
    outside, inside = free_port(), free_port()
    places = {
        "/tmp/mosquitto": str(tmp_path / "run"),  # noqa: S108 - what the image has
        "/mosquitto/data/": f"{tmp_path}/data/",
        "/deploy/": f"{tmp_path}/",
        "listener 1883": f"listener {free_port()} 127.0.0.1",
        "listener 1884": f"listener {inside} 127.0.0.1",
        "#listener 8883": f"listener {outside} 127.0.0.1",
        **{f"#{word}": word for word in ("certfile", "keyfile", "cafile", "require_", "use_")},
    }

    def client(name: str, client_id: str = "") -> mqtt.Client:
        context = ssl.create_default_context(cafile=str(made.certificate))
        context.load_cert_chain(made.folder / f"{name}.crt", made.folder / f"{name}.key")
        one = _client(None, None, client_id)
        one.tls_set_context(context)
        return one

    with started(tmp_path, places, inside, has_passwords=False) as (accounts, _):
        heard: list[tuple[str, bytes]] = []
        ingest = _client("ingest", "tsegni")
        ingest.on_message = lambda _c, _u, one: heard.append((one.topic, one.payload))
        subscribed: list[int] = []
        ingest.on_subscribe = lambda *_: subscribed.append(1)
        connect(ingest, inside)
        ingest.subscribe("assetloop/v1/+/+/telemetry", qos=1)
        until(lambda: bool(subscribed), ingest)

        def says(name: str, asset: str) -> None:
            one, said = client(name), []
            one.on_publish = lambda *_: said.append(1)
            connect(one, outside)
            one.publish(f"assetloop/v1/demo/{asset}/telemetry", name, qos=1)
            until(lambda: bool(said), one)
            one.disconnect()

        for name in ("pump", "fan", "stranger"):
            says(name, "P-1")
        says("fan", "F-1")
        until(lambda: len(heard) >= 2, ingest)
        assert heard == [("assetloop/v1/demo/P-1/telemetry", b"pump"), ("assetloop/v1/demo/F-1/telemetry", b"fan")]
        pump, ended = client("pump"), []
        pump.on_disconnect = lambda *_: ended.append(1)
        connect(pump, outside)
        settings = {"ASSETLOOP_BROKER_ACCOUNTS": str(tmp_path / "accounts")}
        settings["ASSETLOOP_MQTT_URL"] = f"mqtt://ingest:tsegni@127.0.0.1:{inside}"
        done = subprocess.run([ASSETLOOP, "device", "remove", "pump"], env={**os.environ, **settings}, check=False)
        assert done.returncode == 0
        until(lambda: bool(ended), pump)
        rights = tmp_path / "run" / "acl"
        wait_for(lambda: "P-1" not in rights.read_text(), what="rights taken back")
        assert [one.name for one in accounts.every()] == ["fan", "gateway", "hmi", "line", "node", "other-hmi"]


def _await_port(port: int, broker: subprocess.Popen[bytes]) -> None:
    while True:
        assert broker.poll() is None, "the broker did not start"
        with socket.socket() as probe:
            probe.settimeout(PATIENCE_S)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return


def connect(client: mqtt.Client, port: int) -> None:
    """Connect, and wait for the answer."""
    client.connect("127.0.0.1", port)
    until(client.is_connected, client)


def until(is_so: Callable[[], bool], *clients: mqtt.Client, within_s: float = PATIENCE_S) -> None:
    """Let clients go on until something is so."""
    until_s = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < until_s
        for one in clients:
            one.loop(0.05)


def _client(user: str | None, password: str | None, client_id: str = "") -> mqtt.Client:
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv311)
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


def _passes(broker: Broker, writer: str, topic: str, reader: str) -> bool:
    """Say whether `reader` gets what `writer` publishes; the broker confirms a refused message like any other."""
    got: list[str] = []
    subscribed: list[int] = []
    unsubscribed: list[int] = []
    published: list[int] = []
    listening, writing = _client(reader, broker.passwords[reader]), _client(writer, broker.passwords[writer])
    listening.on_message = lambda _c, _u, message: got.append(message.topic)
    listening.on_subscribe = lambda *_: subscribed.append(1)
    listening.on_unsubscribe = lambda *_: unsubscribed.append(1)
    listening.on_connect = lambda *_: _done(listening.subscribe(topic, qos=1))
    writing.on_connect = lambda *_: _done(writing.publish(topic, b"1", qos=1))
    writing.on_publish = lambda *_: published.append(1)
    listening.connect("127.0.0.1", broker.port(reader))
    while not subscribed:
        listening.loop(0.1)
    writing.connect("127.0.0.1", broker.port(writer))
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
