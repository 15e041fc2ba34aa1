"""Ingest speaks TLS to a real broker: with user and password, with a certificate of its own, and not to a stranger."""

from __future__ import annotations

import json
import select
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import psycopg
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from alerts.dispatch.mqtt_publisher import MqttPublisher
from ingest.mqtt.connecting import BrokerSettings
from ingest.mqtt.subscriber import Subscriber
from ingest.runner import IngestSettings
from plant.errors import Misconfigured, Unavailable
from plant.mqtt.certificates import Certificates
from simulators.wire import Wire
from tests.commands import run_command, without_settings
from tests.conftest import free_port
from tests.ingest.conftest import PATIENCE_S, RunningIngest
from tests.patience import wait_for

pytestmark = [pytest.mark.needs("mosquitto"), pytest.mark.needs("openssl")]
Superuser = psycopg.Connection[tuple[object, ...]]
TOPIC = "assetloop/v1/demo/P-101/telemetry"


def openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Authority:
    """Signs certificates; `folder/NAME.crt` and `.key` are those of a name."""

    folder: Path

    @property
    def certificate(self) -> Path:
        return self.folder / "ca.crt"

    def sign(self, name: str, alternative: str = "") -> None:
        key, request = self.folder / f"{name}.key", self.folder / f"{name}.csr"
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-subj", f"/CN={name}")
        extensions = self.folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={alternative}\n" if alternative else "basicConstraints=CA:FALSE\n")
        openssl(
            *("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.folder / "ca.key"),
            *("-CAcreateserial", "-days", "2", "-extfile", extensions, "-out", self.folder / f"{name}.crt"),
        )


def authority(folder: Path) -> Authority:
    folder.mkdir()
    openssl(
        *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=our own authority"),
        *("-keyout", folder / "ca.key", "-out", folder / "ca.crt"),
    )
    return Authority(folder=folder)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    made = authority(tmp_path_factory.mktemp("tls") / "ours")
    made.sign("broker", "IP:127.0.0.1")
    made.sign("ingest")
    return made


@contextmanager
def broker(folder: Path, ours: Authority, *lines: str) -> Iterator[int]:
    """A mosquitto that speaks nothing but TLS; readable for the account it changes to."""
    port = free_port()
    settings = folder / "mosquitto.conf"
    tls = [f"cafile {ours.certificate}", f"certfile {ours.folder}/broker.crt", f"keyfile {ours.folder}/broker.key"]
    settings.write_text("\n".join(["user root", f"listener {port} 127.0.0.1", *tls, *lines]), encoding="utf-8")
    process = subprocess.Popen(["mosquitto", "-c", str(settings)], stderr=subprocess.DEVNULL)
    try:

        def listens() -> bool:
            assert process.poll() is None, "mosquitto does not start"
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        wait_for(listens, what="mosquitto")
        yield port
    finally:
        process.terminate()
        process.wait()


def publish(
    port: int,
    context: ssl.SSLContext,
    payload: str,
    user: tuple[str, str] | None,
    *,
    topic: str = TOPIC,
    retain: bool = False,
) -> None:
    device = mqtt.Client(CallbackAPIVersion.VERSION2)
    device.tls_set_context(context)
    if user:
        device.username_pw_set(*user)
    device.connect("127.0.0.1", port)
    device.loop_start()
    device.publish(topic, payload, qos=1, retain=retain).wait_for_publish(PATIENCE_S)
    device.disconnect()
    device.loop_stop()


def stored(
    settings: BrokerSettings, database_url: str, folder: Path, say: Callable[[str], None], await_rows: Any
) -> None:
    """Run ingest with these settings, and see that what a device says is stored."""
    running = RunningIngest(IngestSettings(broker=settings, spool=folder / "spool"), database_url)
    try:
        await_rows("SELECT FROM ingest_slot WHERE is_listening", 1)
        say(json.dumps({"ts": int(time.time() * 1000), "values": {"n": 1}}))
        await_rows("SELECT value FROM reading", [(1.0,)])
    finally:
        running.stop()


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize("reader", ["frames", "paho"])
def test_with_user_and_password(
    ours: Authority, tmp_path: Path, database_url: str, await_rows: Any, reader: Any
) -> None:
    passwords = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", passwords, "ingest", "p@ss:word"], check=True, capture_output=True)
    context = ssl.create_default_context(cafile=str(ours.certificate))
    with broker(tmp_path, ours, "allow_anonymous false", f"password_file {passwords}") as port:
        url = f"mqtts://ingest:p%40ss%3Aword@127.0.0.1:{port}"
        stored(
            BrokerSettings(url=url, certificates=Certificates(ca_file=ours.certificate), reader=reader),
            database_url,
            tmp_path,
            lambda payload: publish(port, context, payload, ("ingest", "p@ss:word")),
            await_rows,
        )
        wrong = BrokerSettings(
            url=f"mqtts://ingest:wrong@127.0.0.1:{port}", certificates=Certificates(ca_file=ours.certificate)
        )
        with pytest.raises(Unavailable, match=r"(?i)not authori"):
            listen(wrong)


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize("expiry_s", [None, 3600])
def test_with_a_certificate_of_its_own(
    ours: Authority, tmp_path: Path, database_url: str, await_rows: Any, expiry_s: int | None
) -> None:
    context = ssl.create_default_context(cafile=str(ours.certificate))
    context.load_cert_chain(ours.folder / "ingest.crt", ours.folder / "ingest.key")
    with broker(tmp_path, ours, "require_certificate true", "use_identity_as_username true") as port:
        settings = BrokerSettings(
            url=f"mqtts://127.0.0.1:{port}",
            certificates=Certificates(
                ca_file=ours.certificate, cert_file=ours.folder / "ingest.crt", key_file=ours.folder / "ingest.key"
            ),
            session_expiry_s=expiry_s,
        )
        stored(settings, database_url, tmp_path, lambda payload: publish(port, context, payload, None), await_rows)
        without = BrokerSettings(url=settings.url, certificates=Certificates(ca_file=ours.certificate))
        with pytest.raises(Unavailable):
            listen(without)


def learn(**environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run `assetloop ingest learn` for a second, with these settings and no others."""
    return run_command("ingest", "learn", "plant/#", "--seconds", "1", environment=without_settings(**environment))


def test_learn_connects_as_ingest_does(ours: Authority, tmp_path: Path) -> None:
    passwords = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", passwords, "ingest", "p@ss:word"], check=True, capture_output=True)
    context = ssl.create_default_context(cafile=str(ours.certificate))
    context.load_cert_chain(ours.folder / "ingest.crt", ours.folder / "ingest.key")
    wanted = ("require_certificate true", "allow_anonymous false", f"password_file {passwords}")
    with broker(tmp_path, ours, *wanted) as port:
        user = ("ingest", "p@ss:word")
        publish(port, context, "7.5", user, topic="plant/p1/flow", retain=True)
        settings = {
            "ASSETLOOP_MQTT_URL": f"mqtts://ingest:p%40ss%3Aword@127.0.0.1:{port}",
            "ASSETLOOP_MQTT_CA_FILE": str(ours.certificate),
            "ASSETLOOP_MQTT_CERT_FILE": str(ours.folder / "ingest.crt"),
            "ASSETLOOP_MQTT_KEY_FILE": str(ours.folder / "ingest.key"),
        }
        done = learn(**settings)
        assert done.returncode == 0, done.stderr
        assert b"plant/" in done.stdout
        for left_out in (("ASSETLOOP_MQTT_CA_FILE",), ("ASSETLOOP_MQTT_CERT_FILE", "ASSETLOOP_MQTT_KEY_FILE")):
            done = learn(**{name: value for name, value in settings.items() if name not in left_out})
            assert done.returncode == 1
            assert b"Traceback" not in done.stderr
        done = learn(**{**settings, "ASSETLOOP_MQTT_URL": f"mqtts://127.0.0.1:{port}"})
        assert done.returncode == 1
        assert b"the broker refuses the connection" in done.stderr


def test_orders_and_simulated_devices_reach_the_broker_with_the_same_certificates(
    ours: Authority, tmp_path: Path
) -> None:
    certificates = Certificates(
        ca_file=ours.certificate, cert_file=ours.folder / "ingest.crt", key_file=ours.folder / "ingest.key"
    )
    with broker(tmp_path, ours, "require_certificate true", "use_identity_as_username true") as port:
        url = f"mqtts://127.0.0.1:{port}"
        with closing(MqttPublisher(url, certificates=certificates)) as publisher:
            publisher.publish("assetloop/v1/demo/P-101/workorder", b"{}")
        with Wire(url, certificates=certificates) as wire:
            wire.publish(TOPIC, b'{"n":1}')
            wire.flush(PATIENCE_S)


# paho leaves the socket of a handshake that failed to the garbage collector.
@pytest.mark.filterwarnings("ignore:.*SSLSocket:pytest.PytestUnraisableExceptionWarning")
def test_a_broker_that_nobody_vouches_for_is_not_spoken_to(ours: Authority, tmp_path: Path) -> None:
    strangers = authority(tmp_path / "strangers")
    with broker(tmp_path, ours, "allow_anonymous true") as port:
        for ca_file in (None, strangers.certificate):
            with pytest.raises(Unavailable, match=r"(?i)certificate verify failed"):
                listen(BrokerSettings(url=f"mqtts://127.0.0.1:{port}", certificates=Certificates(ca_file=ca_file)))


def test_certificates_that_cannot_be_used_are_told_by_their_settings(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="ASSETLOOP_MQTT_CA_FILE"):
        listen(BrokerSettings(url="mqtts://127.0.0.1:1", certificates=Certificates(ca_file=tmp_path / "nothing")))


@pytest.mark.parametrize("reader", ["frames", "paho"])
def test_everything_that_has_come_is_read_at_once(ours: Authority, tmp_path: Path, reader: Any) -> None:
    # TLS brings records of 16 KiB; whoever reads one a turn is seconds behind after a burst.
    with broker(tmp_path, ours, "allow_anonymous true", "max_queued_messages 0", "max_inflight_messages 0") as port:
        settings = BrokerSettings(
            url=f"mqtts://127.0.0.1:{port}", certificates=Certificates(ca_file=ours.certificate), reader=reader
        )
        subscriber = Subscriber(settings, client_id="test", filters=["t"])
        turns = 0

        def turn() -> int:
            """Do as ingest does: read what there is once the socket has something."""
            nonlocal turns
            turns += 1
            readable, writable, _ = select.select([subscriber.socket], [subscriber.socket], [], PATIENCE_S)
            taken = subscriber.read_sent()[0] if readable else []
            subscriber.tend(writable=bool(writable and subscriber.wants_write))
            subscriber.acknowledge([packet_id for _, _, packet_id, _ in taken])
            return len(taken)

        subscriber.connect()
        wait_for(lambda: turn() == 0 and subscriber.is_listening, what="subscription")
        with Wire(settings.url, certificates=settings.certificates, window=5000) as wire:
            for number in range(5000):
                wire.publish("t", b"x" * 200 + str(number).encode())
            wire.flush(PATIENCE_S)
        turns, read = 0, 0
        while read < 5000:
            read += turn()
        assert turns < 40, turns
        subscriber.drop()


def listen(settings: BrokerSettings) -> None:
    """Connect until the broker has granted the subscription."""
    subscriber = Subscriber(settings, client_id="test", filters=["a/b"])
    subscriber.connect()

    def is_listening() -> bool:
        subscriber.read_sent()
        subscriber.tend(writable=True)
        return subscriber.is_listening

    wait_for(is_listening, what="subscription")
    subscriber.drop()
