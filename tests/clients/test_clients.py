"""What real clients send is in the record, each value once, exactly, and at its own time.

`make clients` runs these. Each client is built with its own tools, in a folder that is kept: npm, Go, Maven, pip.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.patience import wait_for
from tests.plant_rows import PlantRows

HERE = Path(__file__).parent
BUILT = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "assetloop" / "clients"
MESSAGES = 200
BUILD_S = 240
STORED = """
    SELECT tag, key, (extract(epoch FROM time) * 1000)::bigint, value
    FROM reading JOIN signal USING (signal_id) JOIN asset USING (asset_id)
    WHERE tag = '{asset}'
    ORDER BY key, time
"""
NODES = ("js-node", "py-node", "tahu-node")
pytestmark = [pytest.mark.long, pytest.mark.needs("mosquitto"), pytest.mark.timeout(BUILD_S + 180)]


@dataclass(frozen=True, kw_only=True)
class Client:
    """A client: the program that its `build` has made, and the asset it speaks for.

    `waits` says that it goes on until its standard input ends, since nothing tells it when all is written.
    """

    name: str
    tool: str
    asset: str
    build: Callable[[], list[str]]
    waits: bool = False


def run(*command: str, cwd: Path) -> None:
    done = subprocess.run(
        command,
        cwd=cwd,
        check=False,
        capture_output=True,
        text=True,
        timeout=BUILD_S,
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


def node(program: str) -> Callable[[], list[str]]:
    def build() -> list[str]:
        folder = BUILT / "node"
        shutil.copytree(HERE / "node", folder, dirs_exist_ok=True)
        if not (folder / "node_modules" / ".package-lock.json").exists():
            run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", cwd=folder)
        return ["node", str(folder / program)]

    return build


def go() -> list[str]:
    BUILT.mkdir(parents=True, exist_ok=True)
    run("go", "build", "-o", str(BUILT / "go-device"), ".", cwd=HERE / "go")
    return [str(BUILT / "go-device")]


def java() -> list[str]:
    folder = BUILT / "java"
    shutil.copytree(HERE / "java", folder, dirs_exist_ok=True)
    if not (folder / "classpath").exists():
        run("mvn", "-q", "-B", "dependency:build-classpath", "-Dmdep.outputFile=classpath", cwd=folder)
    classpath = (folder / "classpath").read_text(encoding="utf-8").strip()
    run("javac", "-d", "classes", "-cp", classpath, "src/TahuNode.java", cwd=folder)
    return ["java", "-cp", f"{folder / 'classes'}:{classpath}", "TahuNode"]


def python() -> list[str]:
    folder = BUILT / "python"
    program = folder / "bin" / "python"
    if not (folder / "made").exists():
        run(sys.executable, "-m", "venv", "--clear", str(folder), cwd=HERE)
        requirements = str(HERE / "python" / "requirements.txt")
        run(str(program), "-m", "pip", "install", "-q", "--require-hashes", "-r", requirements, cwd=HERE)
        (folder / "made").touch()
    return [str(program), str(HERE / "python" / "edge_node.py")]


CLIENTS = [
    Client(name="MQTT.js", tool="npm", asset="js", build=node("mqttjs.mjs")),
    Client(name="sparkplug-client", tool="npm", asset="sp-js", build=node("sparkplug.mjs"), waits=True),
    Client(name="paho for Go", tool="go", asset="go", build=go),
    Client(name="pysparkplug", tool="python3", asset="sp-py", build=python, waits=True),
    Client(name="Eclipse Tahu", tool="mvn", asset="tahu", build=java),
]


@pytest.fixture(params=CLIENTS, ids=lambda client: client.name)
def client(request: pytest.FixtureRequest) -> Client:
    """A client whose runtime is on this machine; under CI those alone are left out whose runtime is not."""
    one: Client = request.param
    if shutil.which(one.tool) is None:
        pytest.skip(f"no {one.tool} on this machine")
    return one


@pytest.fixture
def listening(
    client: Client,
    plant_rows: PlantRows,
    mosquitto: Any,
    start_ingest: Any,
    start_device: Any,
    superuser: Any,
) -> Iterator[Any]:
    """An ingest that is subscribed, and a register that knows the client's asset."""
    start_ingest(mosquitto)
    plant_rows.asset(client.asset, name=client.name)
    for node_name in NODES:
        plant_rows.asset(node_name, name="An edge node, which speaks of itself too")
    prober = start_device(mosquitto)

    def hears() -> bool:
        prober.says({"probe": 1.0})
        return superuser.execute("SELECT FROM reading LIMIT 1").fetchone() is not None

    wait_for(hears, what="ingest to listen")
    return mosquitto


def test_what_a_client_sent_is_in_the_record_once_and_exactly(client: Client, listening: Any, superuser: Any) -> None:
    said = speak(client, [*client.build(), listening.host, str(listening.port), str(MESSAGES)], superuser)
    sent = sorted(
        (one["asset"], one["signal"], int(one["ts"]), float(one["value"]))
        for one in map(json.loads, (line for line in said if line.startswith("{")))
    )
    assert len(sent) >= MESSAGES
    wait_for(lambda: len(stored(superuser, client)) >= len(sent), what="all that was sent")
    assert sorted(stored(superuser, client)) == sent
    assert superuser.execute("SELECT reason, detail FROM quarantine").fetchall() == []
    assert superuser.execute("SELECT FROM reading_conflict").fetchall() == []


def speak(client: Client, command: list[str], superuser: Any) -> list[str]:
    """Let a client speak to its end, and return what it says that it sent, a line a reading."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        said = [program.stdout.readline() for _ in range(readings_of(client))] if client.waits else []
        if client.waits:
            wait_for(lambda: len(stored(superuser, client)) >= len(said), what="the last value of the client")
        program.stdin.close()
        said += program.stdout.readlines()
    assert program.returncode == 0
    return said


def readings_of(client: Client) -> int:
    """How many readings a client says that waits: those of its birth and of each message."""
    return {"sp-js": 5, "sp-py": 4}[client.asset] * (MESSAGES + 1)


def stored(superuser: Any, client: Client) -> list[tuple[str, str, int, float]]:
    """The readings of the client's asset; what a node says of itself belongs to another."""
    rows: list[tuple[str, str, int, float]] = superuser.execute(STORED.format(asset=client.asset)).fetchall()
    return rows
