"""A table of several assets is replayed in one run: each of them under the tag that stands in its column."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import paho.mqtt.client as mqtt
import pytest

from tests.commands import run_text_command, without_settings
from tests.patience import wait_for

if TYPE_CHECKING:
    from tests.conftest import BrokerAddress

TABLE = "time,machine,flow\n1767268800,P7,1\n1767268800,P8,5\n1767268801,P7,2\n1767268801,P8,6\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "pumps.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_several_assets_of_a_table_are_replayed_at_once(table: Path, broker: BrokerAddress, tmp_path: Path) -> None:
    heard: list[tuple[str, list[float]]] = []
    listener = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    subscribed: list[int] = []
    listener.on_connect = lambda client, *_: client.subscribe("assetloop/v1/demo/+/telemetry", qos=1)
    listener.on_subscribe = lambda *_: subscribed.append(1)
    listener.on_message = lambda _c, _u, message: heard.append(
        (message.topic.split("/")[3], json.loads(message.payload))
    )
    listener.connect(broker.host, broker.port)
    listener.loop_start()
    wait_for(lambda: subscribed, what="subscription")
    command = ("replay", str(table), "--site", "demo", "--only", "machine=P7", "--only", "machine=P8", "--wire-only")
    environment = without_settings(
        ASSETLOOP_MQTT_URL=broker.url, ASSETLOOP_DATABASE_URL="postgresql://127.0.0.1:1/none"
    )
    done = run_text_command(*command, "--json", "--data", str(tmp_path), environment=environment)
    assert done.returncode == 0, done.stderr
    replays = json.loads(done.stdout.splitlines()[-1])["replays"]
    assert [(one["asset"], one["rows"], one["readings"]) for one in replays] == [("P7", 2, 2), ("P8", 2, 2)]
    assert "pumps.csv, P8: 2 rows, 1 signal," in done.stderr

    def values_of(asset: str) -> list[float]:
        documents = [document for tag, document in list(heard) if tag == asset]
        rows = [row for document in documents for row in (document if isinstance(document, list) else [document])]
        return [row["values"]["flow"] for row in rows]  # type: ignore[call-overload]

    wait_for(lambda: (values_of("P7"), values_of("P8")) == ([1.0, 2.0], [5.0, 6.0]), what="rows of both")
    listener.disconnect()
    listener.loop_stop()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "say which asset it is"),
        (("--asset", "X", "--only", "machine=P7", "--only", "machine=P8"), "each is called as its column says"),
        (("--only", "machine=P7", "--only", "machine=P7"), "each once"),
        (
            (
                "--only",
                "P7",
            ),
            "names no column",
        ),
    ],
)
def test_what_cannot_be_told_apart_is_one_line(table: Path, arguments: tuple[str, ...], says: str) -> None:
    done = run_text_command("replay", str(table), "--site", "demo", *arguments, environment=without_settings())
    assert done.returncode == 2
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
