"""A register with one known asset, an ingest that runs, and a device that publishes."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import orjson
import paho.mqtt.client as mqtt
import psutil
import psycopg
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from ingest.mqtt.connecting import BrokerSettings
from ingest.runner import Ingest, IngestSettings
from plant.clock import SystemClock
from plant.mqtt.topics import telemetry_topic
from storage.core.database import Database, Role
from tests.conftest import free_port
from tests.patience import PATIENCE_S, wait_for
from tests.plant_rows import PlantRows

Superuser = psycopg.Connection[tuple[object, ...]]


class HasAddress(Protocol):
    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def url(self) -> str: ...


class Device:
    """Publishes with QoS 1 and waits for the broker's confirmation."""

    def __init__(self, host: str, port: int) -> None:
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2)
        self._client.max_inflight_messages_set(0)
        self._client.connect(host, port)
        self._client.loop_start()

    def says(self, payload: Any, topic: str = telemetry_topic("demo", "P-101"), *, retain: bool = False) -> None:
        data = payload if isinstance(payload, bytes) else orjson.dumps(payload)
        self._client.publish(topic, data, qos=1, retain=retain).wait_for_publish(PATIENCE_S)

    def says_many(self, payloads: list[Any]) -> None:
        sent = [
            self._client.publish(telemetry_topic("demo", "P-101"), orjson.dumps(payload), qos=1) for payload in payloads
        ]
        for one in sent:
            one.wait_for_publish(PATIENCE_S)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


class RunningIngest:
    """An ingest in a thread of its own."""

    def __init__(self, settings: IngestSettings, database_url: str, holder: str = "test") -> None:
        self._database = Database(database_url, role=Role.INGEST, wait_s=2.0)
        self._stop = threading.Event()
        self._failure: BaseException | None = None
        self._ingest = Ingest(settings, self._database, SystemClock(), holder)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._ingest.run(self._stop)
        except BaseException as failure:  # noqa: BLE001 - raised again in the test
            self._failure = failure

    def stop(self) -> float:
        """Stop it and return how many seconds that took."""
        began_s = time.monotonic()
        self._stop.set()
        self._thread.join(PATIENCE_S)
        took_s = time.monotonic() - began_s
        assert not self._thread.is_alive(), "ingest did not stop"
        self._database.close()
        if self._failure is not None:
            raise self._failure
        return took_s


@pytest.fixture
def register(plant_rows: PlantRows) -> None:
    """Site demo, class pump with a grace of 2 s, asset P-101 without signals."""
    plant_rows.asset_class("pump", name="Pump", grace_s=2)
    plant_rows.asset("P-101", name="Pump")


@pytest.fixture
def start_ingest(
    register: None,  # noqa: ARG001
    database_url: str,
    tmp_path: Path,
) -> Iterator[Callable[..., RunningIngest]]:
    """Start an ingest on the test's database; it is stopped when the test ends."""
    running: list[RunningIngest] = []

    def start(address: HasAddress, *, holder: str = "test", **settings: Any) -> RunningIngest:
        made = IngestSettings(broker=BrokerSettings(url=address.url), spool=tmp_path / "spool", **settings)
        running.append(RunningIngest(made, database_url, holder))
        return running[-1]

    yield start
    for ingest in running:
        ingest.stop()


@pytest.fixture
def start_device() -> Iterator[Callable[[HasAddress], Device]]:
    """Connect a device to a broker."""
    devices: list[Device] = []

    def start(address: HasAddress) -> Device:
        devices.append(Device(address.host, address.port))
        return devices[-1]

    yield start
    for device in devices:
        device.close()


@pytest.fixture
def await_rows(superuser: Superuser) -> Callable[..., list[tuple[object, ...]]]:
    """Ask until the rows are the expected ones, or their number is the expected one, and return them."""

    def await_(
        statement: str, expected: int | list[tuple[object, ...]], patience_s: float = PATIENCE_S
    ) -> list[tuple[object, ...]]:
        rows: list[tuple[object, ...]] = []

        def are_there() -> bool:
            rows[:] = superuser.execute(statement.encode()).fetchall()
            return (len(rows) if isinstance(expected, int) else rows) == expected

        try:
            wait_for(are_there, what="rows", within_s=patience_s)
        except AssertionError:
            raise AssertionError(f"expected {expected}, got {rows[:20]} ({len(rows)})") from None
        return rows

    return await_


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    host: str
    port: int

    @property
    def url(self) -> str:
        return f"mqtt://{self.host}:{self.port}"


@pytest.fixture
def mosquitto(mosquitto_process: psutil.Process) -> Address:
    """Where the test's own mosquitto listens."""
    (port,) = {one.laddr.port for one in mosquitto_process.net_connections() if one.status == psutil.CONN_LISTEN}
    return Address(host="127.0.0.1", port=port)


@pytest.fixture
def mosquitto_process(tmp_path: Path) -> Iterator[psutil.Process]:
    """A mosquitto of the test's own, its window open."""
    address = Address(host="127.0.0.1", port=free_port())
    settings = tmp_path / "mosquitto.conf"
    window = ["max_inflight_messages 0", "max_queued_messages 0"]
    lines = [f"listener {address.port} {address.host}", "allow_anonymous true", *window]
    settings.write_text("\n".join(lines), encoding="utf-8")
    process = subprocess.Popen(["mosquitto", "-c", str(settings)], stderr=subprocess.DEVNULL)

    def listens() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((address.host, address.port)) == 0

    wait_for(listens, what="mosquitto")
    yield psutil.Process(process.pid)
    process.terminate()
    process.wait()
