"""ThingsBoard's own gateway, from its package, speaks through the shipped mosquitto with a login of its own."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ingest.mapping import known_formats
from service.broker.embedded import EmbeddedBroker
from tests.clients.test_clients import BUILD_S, BUILT, run
from tests.conftest import free_port
from tests.deploy.test_broker import Broker, mosquitto
from tests.patience import wait_for

HERE = Path(__file__).parent
VALUES = [20.5, -3.25, 7.0, 0.0, 1234.5, 20.5]
pytestmark = [pytest.mark.long, pytest.mark.needs("mosquitto"), pytest.mark.timeout(BUILD_S + 180)]
__all__ = ["mosquitto"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where the gateway reaches a broker, and where ingest does."""

    port: int
    password: str
    url: str
    host: str = "127.0.0.1"


@pytest.fixture(params=["shipped mosquitto", "embedded broker"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "shipped mosquitto":
        broker: Broker = request.getfixturevalue("mosquitto")
        url = f"mqtt://ingest:{broker.passwords['ingest']}@127.0.0.1:{broker.inside}"
        yield Place(port=broker.outside, password=broker.passwords["gateway"], url=url)
        return
    filters = [wanted for one in known_formats() for wanted in one.filters]
    embedded = EmbeddedBroker(
        tmp_path / "broker",
        tmp_path / "broker" / "journal",
        port=free_port(),
        filters=filters,
        most_bytes=2**30,
        log=tmp_path / "broker.log",
    )
    embedded.start()
    yield Place(port=embedded.port, password="any", url=embedded.ingest_url)
    embedded.stop()


@pytest.fixture(scope="module")
def program() -> Path:
    """The gateway in an environment of its own; where it cannot be installed the test is skipped, never under CI."""
    folder = BUILT / "thingsboard-gateway"
    if not (folder / "made").exists():
        try:
            run(sys.executable, "-m", "venv", "--clear", str(folder), cwd=HERE)
            requirements = str(HERE / "gateway" / "requirements.txt")
            pip = (str(folder / "bin" / "python"), "-m", "pip", "install", "-q")
            run(*pip, "--require-hashes", "-r", requirements, cwd=HERE)
        except (AssertionError, subprocess.TimeoutExpired) as error:
            if os.environ.get("CI") == "true":
                raise
            pytest.skip(f"the gateway cannot be installed: {error}")
        (folder / "made").touch()
    return folder / "bin" / "thingsboard-gateway"


@contextlib.contextmanager
def gateway(program: Path, folder: Path, place: Place, port: int) -> Iterator[None]:
    """The gateway, which gets its values from a socket as texts; what it logs is in `folder`."""
    settings = {
        "tb_gateway.json": {
            "thingsboard": {
                "host": "127.0.0.1",
                "port": place.port,
                "remoteShell": False,
                "remoteConfiguration": False,
                "statistics": {"enable": False},
                "checkConnectorsConfigurationInSeconds": 600,
                "security": {
                    "type": "usernamePassword",
                    "clientId": "gateway",
                    "username": "gateway",
                    "password": place.password,
                },
                "qos": 1,
            },
            "storage": {"type": "memory", "read_records_count": 100, "max_records_count": 100_000},
            "connectors": [{"type": "socket", "name": "Socket", "configuration": "socket.json"}],
        },
        "socket.json": {
            "socket": {"address": "127.0.0.1", "type": "UDP", "port": port, "bufferSize": 1024},
            "devices": [
                {
                    "address": "*:*",
                    "deviceName": "P-101",
                    "deviceType": "default",
                    "encoding": "utf-8",
                    "telemetry": [{"key": "temperature", "byteFrom": 0, "byteTo": -1}],
                    "attributes": [],
                    "attributeRequests": [],
                    "attributeUpdates": [],
                    "serverSideRpc": [],
                }
            ],
        },
    }
    for name, document in settings.items():
        (folder / name).write_text(json.dumps(document), encoding="utf-8")
    environment = {**os.environ, "TB_GW_CONFIG_DIR": f"{folder}/"}
    with (
        (folder / "said.log").open("wb") as log,
        subprocess.Popen([program], cwd=folder, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            yield
        finally:
            process.kill()


def test_the_real_gateway_is_told_its_limits_and_what_it_sends_is_stored(
    program: Path, place: Place, start_ingest: Any, superuser: Any, tmp_path: Path
) -> None:
    start_ingest(place)
    port = free_port()

    def stored() -> list[Any]:
        found = superuser.execute(
            "SELECT time, value FROM reading JOIN signal USING (signal_id) WHERE key = 'temperature'"
        )
        return sorted(found.fetchall())

    began_s = time.time()
    with gateway(program, tmp_path, place, port), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sensor:

        def first_is_stored() -> bool:
            sensor.sendto(b"1.5", ("127.0.0.1", port))
            return bool(stored())

        wait_for(first_is_stored, what="first value of the gateway")
        before = len(stored())
        for count, value in enumerate(VALUES, 1):
            sensor.sendto(str(value).encode(), ("127.0.0.1", port))
            wait_for(lambda count=count: [v for _, v in stored()[-count:]] == VALUES[:count], what=f"{value}")
        assert len(stored()) >= before + len(VALUES)
    assert all(began_s - 1 <= at.timestamp() <= time.time() + 1 for at, _ in stored())
    assert superuser.execute("SELECT reason, detail FROM quarantine").fetchall() == []
