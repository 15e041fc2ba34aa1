"""Devices that speak something else than the native format, end to end: a real broker, a real database."""

from __future__ import annotations

import gzip
import itertools
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import paho.mqtt.client as mqtt
import psycopg
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from ingest.formats.sparkplug.payload import DataType, Payload
from plant.mqtt.topics import telemetry_topic
from tests.patience import wait_for
from tests.plant_rows import PlantRows

pytestmark = pytest.mark.needs("mosquitto")
AwaitRows = Callable[..., list[tuple[object, ...]]]
Superuser = psycopg.Connection[tuple[object, ...]]
READINGS = "SELECT key, value, flags FROM reading JOIN signal USING (signal_id) ORDER BY time, key"
SESSIONS = "SELECT tag, is_online, speaker FROM device_session JOIN asset USING (asset_id) ORDER BY tag"


_NEXT_MS = itertools.count(int(time.time() * 1000))


def now_ms() -> int:
    """A time that no other message of these tests has."""
    return next(_NEXT_MS)


def sparkplug(seq: int | None, *metrics: dict[str, Any], bd_seq: int | None = None) -> bytes:
    at = now_ms()
    message = Payload(timestamp=at)
    if seq is not None:
        message.seq = seq
    if bd_seq is not None:
        message.metrics.add(name="bdSeq", datatype=DataType.Int64, long_value=bd_seq)
    for metric in metrics:
        message.metrics.add(timestamp=at, **metric)
    built: bytes = message.SerializeToString()
    return built


DECLARED = {"name": "flow", "alias": 5, "datatype": DataType.Double, "is_null": True}


@pytest.fixture
def device(mosquitto: Any, start_device: Any) -> Any:
    return start_device(mosquitto)


@pytest.fixture
def await_listening(device: Any, await_rows: AwaitRows) -> Callable[[], None]:
    """Publish to an asset nobody knows until ingest notices."""

    def await_() -> None:
        word = secrets.token_hex(4)
        for _ in range(100):
            device.says({"n": 1}, telemetry_topic("demo", word))
            try:
                await_rows(f"SELECT FROM quarantine WHERE asset_tag = '{word}'", 1, patience_s=0.2)
            except AssertionError:
                continue
            return
        raise AssertionError("ingest does not listen")

    return await_


@pytest.fixture
def commands(mosquitto: Any) -> Iterator[list[tuple[str, bytes]]]:
    """What is said to nodes."""
    heard: list[tuple[str, bytes]] = []
    granted: list[int] = []
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.on_message = lambda _c, _u, message: heard.append((message.topic, message.payload))
    client.on_subscribe = lambda *_: granted.append(1)
    client.connect(mosquitto.host, mosquitto.port)
    client.subscribe("spBv1.0/+/NCMD/+", qos=1)
    client.loop_start()
    wait_for(lambda: granted, what="subscription")
    yield heard
    client.disconnect()
    client.loop_stop()


@pytest.mark.parametrize("share", ["", "plant"])
def test_a_sparkplug_node_lives_and_its_aliases_outlive_ingest(
    share: str,
    mosquitto: Any,
    device: Any,
    start_ingest: Any,
    await_rows: AwaitRows,
    await_listening: Any,
    commands: list[tuple[str, bytes]],
) -> None:
    ingest = start_ingest(mosquitto, share=share)
    await_listening()
    device.says(sparkplug(0, bd_seq=3), "spBv1.0/demo/NBIRTH/gw")
    device.says(sparkplug(1, DECLARED), "spBv1.0/demo/DBIRTH/gw/P-101")
    device.says(sparkplug(2, {"alias": 5, "double_value": 7.5}), "spBv1.0/demo/DDATA/gw/P-101")
    await_rows(READINGS, [("flow", 7.5, 0)])
    await_rows(SESSIONS, [("P-101", True, "demo/gw")])
    await_rows("SELECT document -> 'metrics' -> 'P-101' FROM wire_memory", [([["flow", 5, 10]],)])
    assert commands == []
    ingest.stop()
    start_ingest(mosquitto, share=share, holder="successor")
    await_listening()
    for seq in (3, 4, 9):  # nobody knows what came in between, so that what an alias says is uncertain
        device.says(sparkplug(seq, {"alias": 5, "double_value": float(seq)}), "spBv1.0/demo/DDATA/gw/P-101")
    await_rows(READINGS, [("flow", 7.5, 0), ("flow", 3.0, 4), ("flow", 4.0, 4), ("flow", 9.0, 4)])
    wait_for(lambda: commands, what="request to be born again")
    assert [topic for topic, _ in commands] == ["spBv1.0/demo/NCMD/gw"]
    assert Payload.FromString(commands[0][1]).metrics[0].name == "Node Control/Rebirth"
    device.says(sparkplug(None, bd_seq=2), "spBv1.0/demo/NDEATH/gw")  # of an earlier life
    device.says(sparkplug(0, bd_seq=3), "spBv1.0/demo/NBIRTH/gw")
    device.says(sparkplug(1, DECLARED), "spBv1.0/demo/DBIRTH/gw/P-101")
    device.says(sparkplug(2, {"alias": 5, "double_value": 11.0}), "spBv1.0/demo/DDATA/gw/P-101")
    await_rows(READINGS, [("flow", 7.5, 0), ("flow", 3.0, 4), ("flow", 4.0, 4), ("flow", 9.0, 4), ("flow", 11.0, 0)])
    device.says(sparkplug(None, bd_seq=3), "spBv1.0/demo/NDEATH/gw")
    await_rows(SESSIONS, [("P-101", False, "demo/gw")])
    assert len(commands) == 1


def test_a_historical_metric_is_stored_and_never_the_latest(
    mosquitto: Any, device: Any, start_ingest: Any, await_rows: AwaitRows, await_listening: Any
) -> None:
    start_ingest(mosquitto)
    await_listening()
    named = {"name": "flow", "datatype": DataType.Double}
    device.says(sparkplug(0, {**named, "double_value": 1.0}), "spBv1.0/demo/NDATA/P-101")
    device.says(sparkplug(1, {**named, "double_value": 2.0, "is_historical": True}), "spBv1.0/demo/NDATA/P-101")
    await_rows(READINGS, [("flow", 1.0, 0), ("flow", 2.0, 8)])
    later = {"name": "head", "datatype": DataType.Double, "double_value": 3.0}
    device.says(sparkplug(2, later), "spBv1.0/demo/NDATA/P-101")
    latest = "SELECT key, value FROM latest JOIN signal USING (signal_id)"
    await_rows(f"{latest} WHERE key = 'head'", [("head", 3.0)])  # with which all that came before is brought forward
    await_rows(f"{latest} ORDER BY key", [("flow", 1.0), ("head", 3.0)])


def test_a_gateways_device_is_the_one_asset_of_that_tag(
    mosquitto: Any, device: Any, start_ingest: Any, await_rows: AwaitRows, await_listening: Any, superuser: Superuser
) -> None:
    for site in ("north", "south"):
        PlantRows(superuser).asset("P-7", site=site, name="")
    start_ingest(mosquitto)
    await_listening()
    at = now_ms()
    device.says({"device": "P-101"}, "v1/gateway/connect")
    telemetry = {name: [{"ts": at, "values": {"flow": n}}] for n, name in enumerate(("P-101", "P-7", "south/P-7"))}
    device.says(telemetry, "v1/gateway/telemetry")
    await_rows(
        "SELECT s.tag, a.tag, value FROM reading JOIN signal USING (signal_id) JOIN asset AS a USING (asset_id)"
        " JOIN site AS s USING (site_id) ORDER BY value",
        [("demo", "P-101", 0.0), ("south", "P-7", 2.0)],
    )
    await_rows("SELECT asset_tag, reason FROM quarantine WHERE asset_tag LIKE 'P-%'", [("P-7", "unknown_asset")])
    await_rows(SESSIONS, [("P-101", True, "gateway")])
    device.says({"device": "P-101"}, "v1/gateway/disconnect")
    await_rows(SESSIONS, [("P-101", False, "gateway")])


def test_a_bomb_goes_to_quarantine_and_what_is_compressed_is_read(
    mosquitto: Any, device: Any, start_ingest: Any, await_rows: AwaitRows, await_listening: Any
) -> None:
    start_ingest(mosquitto)
    await_listening()
    device.says(gzip.compress(b" " * 100 * 2**20), telemetry_topic("demo", "P-101"))
    device.says(gzip.compress(orjson.dumps({"ts": now_ms(), "values": {"flow": 1}})), telemetry_topic("demo", "P-101"))
    await_rows(READINGS, [("flow", 1.0, 0)])
    await_rows("SELECT reason FROM quarantine WHERE reason <> 'unknown_asset'", [("expands_too_far",)])


def test_a_plants_own_topics_are_read_as_the_mapping_says(
    mosquitto: Any, device: Any, start_ingest: Any, await_rows: AwaitRows, await_listening: Any, tmp_path: Path
) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        '[[topic]]\npattern = "plant/{asset}/{signal}"\nsite = "demo"\nasset = "{asset}"\npayload = "number"\n'
        'signal = "{signal}"\n[topic.signals.temperature]\nunit = "degF"\nregister_unit = "°C"\n',
        encoding="utf-8",
    )
    start_ingest(mosquitto, mapping=mapping)
    await_listening()
    device.says(b"212", "plant/P-101/temperature")
    await_rows(
        "SELECT key, round(value::numeric, 6)::float8, flags FROM reading JOIN signal USING (signal_id)",
        [("temperature", 100.0, 1)],
    )
