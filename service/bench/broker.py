"""The brokers of a bench: a mosquitto, its windows open as ingest wants, its queues in memory; and the embedded one.

And what a bench hears at one: JSON messages, each with the instant at which it came.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from ingest.mapping import known_formats
from plant.errors import Misconfigured, Unavailable
from plant.mqtt.broker_address import BrokerAddress
from service.broker.embedded import EmbeddedBroker

_WAIT_S, _QUIET_S = 10.0, 0.5
_LISTEN = """\
listener {port} 127.0.0.1
allow_anonymous true
max_inflight_messages 0
max_queued_messages 0
queue_qos0_messages true
message_size_limit 16777216
set_tcp_nodelay true
log_type none
"""
_KEEP = """\
persistence true
persistence_location {folder}/
autosave_on_changes false
autosave_interval 5
"""
_FORGET = "persistence false\n"
_LISTEN_SAFELY = """\
listener {port} 127.0.0.1
certfile {folder}/broker.crt
keyfile {folder}/broker.key
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class BenchBroker:
    """A broker that runs: what it is, where it listens for devices and for ingest, its processes, and who vouches."""

    name: str
    url: str
    ingest_url: str
    pids: tuple[int, ...]
    ca_file: Path | None = None


@contextlib.contextmanager
def mosquitto(folder: Path, *, keeps: bool = False, tls: bool = False) -> Iterator[BenchBroker]:
    """Run mosquitto; with `keeps` its queues survive a crash of its own, as in the compose file.

    With `tls` ingest reaches it by TLS; the publisher does not, for its processor time is not what is measured.

    Raises:
        Misconfigured: there is no mosquitto on this machine, or no openssl to make a certificate with.
    """
    program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/local/sbin:/usr/sbin")
    if program is None:
        raise Misconfigured("this bench needs mosquitto; on Debian: apt-get install mosquitto")
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    conf = folder / "mosquitto.conf"
    configuration = _configuration(folder, port, keeps=keeps)
    url = ingest_url = f"mqtt://127.0.0.1:{port}"
    ca_file = None
    if tls:
        ca_file, safe_port = _certificate(folder), free_port()
        configuration += _LISTEN_SAFELY.format(port=safe_port, folder=folder)
        ingest_url = f"mqtts://127.0.0.1:{safe_port}"
    conf.write_text(configuration, encoding="utf-8")
    with subprocess.Popen(  # noqa: S603 - the broker found above
        [program, "-c", str(conf)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _await_port(port, process)
            yield BenchBroker(
                name=_version(program), url=url, ingest_url=ingest_url, pids=(process.pid,), ca_file=ca_file
            )
        finally:
            process.terminate()


@contextlib.contextmanager
def embedded(folder: Path) -> Iterator[BenchBroker]:
    """Run the embedded broker, as `assetloop up` does."""
    folder.mkdir(parents=True, exist_ok=True)
    filters = [wanted for one in known_formats() for wanted in one.filters]
    broker = EmbeddedBroker(
        folder, folder / "journal", port=0, filters=filters, most_bytes=2**30, log=folder / "broker.log"
    )
    try:
        broker.start()
        yield BenchBroker(
            name="the embedded broker", url=broker.url, ingest_url=broker.ingest_url, pids=tuple(broker.pids)
        )
    finally:
        broker.stop()


def _configuration(folder: Path, port: int, *, keeps: bool) -> str:
    user = "user root\n" if os.geteuid() == 0 else ""  # else it would give root up, and with it this folder
    return _LISTEN.format(port=port) + (_KEEP.format(folder=folder) if keeps else _FORGET) + user


def _certificate(folder: Path) -> Path:
    """Make a certificate that vouches for itself; return its file."""
    program = shutil.which("openssl")
    if program is None:
        raise Misconfigured("this bench needs openssl; on Debian: apt-get install openssl")
    certificate = folder / "broker.crt"
    subprocess.run(  # noqa: S603 - the program found above
        [
            *(program, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "broker.key", "-out", certificate),
        ],
        check=True,
        capture_output=True,
    )
    return certificate


def _version(program: str) -> str:
    said = subprocess.run([program, "-h"], capture_output=True, text=True, check=False)  # noqa: S603 - as above
    words = said.stdout.split()
    return f"mosquitto {words[2]}" if len(words) > 2 else "mosquitto"


def free_port() -> int:
    """Return a port on which nobody listens now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _await_port(port: int, process: subprocess.Popen[bytes], within_s: float = 10.0) -> None:
    until_s = time.monotonic() + within_s
    while time.monotonic() < until_s and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise Unavailable("mosquitto did not start")


@dataclass(kw_only=True, slots=True)
class Heard:
    """Messages as they came: topic, document, and when, in seconds since 1970."""

    messages: list[tuple[str, dict[str, Any], float]] = field(default_factory=list)

    def settle(self) -> None:
        """Wait until nothing comes any more: what the broker has may still be on its way."""
        count = -1
        while count != len(self.messages):
            count = len(self.messages)
            time.sleep(_QUIET_S)


@contextlib.contextmanager
def listening(url: str, topics: Sequence[str]) -> Iterator[Heard]:
    """Listen while the block lasts.

    Raises:
        Unavailable: the broker does not let anybody listen.
    """
    heard, ready, address = Heard(), threading.Event(), BrokerAddress.parse(url)

    def on_message(_client: mqtt.Client, _userdata: Any, message: mqtt.MQTTMessage) -> None:
        heard.messages.append((message.topic, json.loads(message.payload), time.time()))

    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv311)
    client.on_message = on_message
    client.on_subscribe = lambda *_: ready.set()
    client.connect(address.host, address.port)
    client.subscribe([(topic, 1) for topic in topics])
    client.loop_start()
    try:
        if not ready.wait(_WAIT_S):
            raise Unavailable(f"the broker at {address} does not let us listen")
        yield heard
    finally:
        client.disconnect()
        client.loop_stop()
