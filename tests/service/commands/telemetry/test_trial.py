"""`assetloop ingest try` and `learn`, as a person runs them."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import psycopg
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from service.bench.broker import mosquitto
from tests.commands import run_command, run_text_command, without_settings
from tests.conftest import free_port
from tests.plant_rows import PlantRows

MAPPING = """
[[topic]]
pattern = "plant/{asset}/{signal}"
site = "demo"
asset = "{asset}"
payload = "number"
signal = "{signal}"
"""


def run(*arguments: str, said: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    return run_command("ingest", *arguments, said=said, environment=without_settings(**environment))


def test_try_shows_what_a_payload_becomes_without_database_and_broker(tmp_path: Path) -> None:
    file = tmp_path / "payload.json"
    file.write_text(
        '{"ts": 1700000000000, "values": {"flow": 7.5, "note": "x"}, "q": {"flow": "BAD"}}', encoding="utf-8"
    )
    done = run("try", "--topic", "assetloop/v1/demo/P-101/telemetry", str(file))
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().splitlines() == [
        "format: native",
        "demo/P-101  flow = 7.5  at 2023-11-14T22:13:20.000+00:00  quality_bad",
        'refused, not_a_number: note is "x" (1)  demo/P-101',
    ]


def test_try_gives_the_verdict_of_ingest() -> None:
    topic = "assetloop/v1/demo/P-101/telemetry"
    done = run("try", "--topic", topic, "-", said=b'{"ts": 1648731311, "values": {"v1": 3.111, "v2": 1}}')
    assert done.returncode == 1
    assert done.stdout.decode().splitlines()[1] == (
        "refused, too_old: 1648731311 ms is 1970-01-20; as seconds 2022-03-31: send milliseconds, "
        "or say time_unit in mapping.toml (2)  demo/P-101"
    )
    said = b'[{"ts": 1700000000000, "values": {"v": 1}}, {"ts": 1700000000000, "values": {"v": 1, "w": 2}},'
    said += b' {"ts": 1700000000000, "values": {"v": 3}}, {"ts": 4000000000000, "values": {"v": 3}}]'
    done = run("try", "--topic", topic, "--json", "-", said=said)
    assert done.returncode == 0
    told = json.loads(done.stdout)
    assert [(one["signal"], one["value"], one["flags"]) for one in told["readings"]] == [
        ("v", 1.0, ""),
        ("v", 1.0, "duplicate"),
        ("w", 2.0, ""),
        ("v", 3.0, "conflicting"),
    ]
    assert [one["reason"] for one in told["refused"]] == ["in_the_future"]
    assert told["refused"][0]["detail"].startswith("4000000000000 ms is 2096-10-02")
    keys = ", ".join(f'"k{n}": 1' for n in range(501))
    done = run("try", "--topic", topic, "--json", "-", said=f"{{{keys}}}".encode())
    assert [one["reason"] for one in json.loads(done.stdout)["refused"]] == ["too_many_signals"]


def test_try_reads_standard_input_by_a_mapping_and_answers_with_json(tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(MAPPING, encoding="utf-8")
    done = run("try", "--topic", "plant/P-7/flow", "--json", "-", said=b"12.5", ASSETLOOP_MAPPING=str(mapping))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["format"], told["refused"]) == ("mapping", [])
    assert told["readings"] == [{"device": "demo/P-7", "signal": "flow", "time_ms": None, "value": 12.5, "flags": ""}]


def test_try_says_why_nothing_comes_of_a_payload() -> None:
    done = run("try", "--topic", "plant/P-7/flow", "-", said=b"12.5")
    assert done.returncode == 1
    assert done.stdout.decode().splitlines() == [
        "format: none reads this topic",
        "refused, unknown_topic: plant/P-7/flow (1)",
    ]


def test_try_says_why_thingsboards_device_api_cannot_be_read_and_what_to_do(tmp_path: Path) -> None:
    topic, said = "v1/devices/me/telemetry", b'{"ts": 1700000000000, "values": {"temperature": 42.2}}'
    done = run("try", "--topic", topic, "-", said=said)
    assert done.returncode == 1
    assert (
        b"refused, unknown_topic: the topic names no device: only the broker knows who logged in as me" in done.stdout
    )
    text = (Path(__file__).parents[4] / "docs" / "formats.md").read_text(encoding="utf-8")
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        text.split("v1/devices/me/telemetry`, is")[1].split("```toml")[1].split("```")[0], encoding="utf-8"
    )
    done = run("try", "--topic", f"hall3/P-101/{topic}", "--mapping", str(mapping), "--json", "-", said=said)
    told = json.loads(done.stdout)["readings"]
    assert [(one["device"], one["signal"], one["value"]) for one in told] == [("hall3/P-101", "temperature", 42.2)]


def test_a_fault_in_the_mapping_is_one_line_with_its_place(tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(MAPPING.replace('"number"', '"words"'), encoding="utf-8")
    for done in (
        run("try", "--topic", "plant/P-7/flow", "--mapping", str(mapping), "-", said=b"1"),
        run(
            ASSETLOOP_MAPPING=str(mapping),
            ASSETLOOP_DATABASE_URL="postgresql://x",
            ASSETLOOP_MQTT_URL="mqtt://x",
            ASSETLOOP_METRICS_PORT="0",
        ),
    ):
        assert done.returncode == 2
        (line,) = [one for one in done.stderr.decode().splitlines() if " INFO " not in one]
        assert f"{mapping}, line 6, topic.1.payload: Input should be 'number'" in line


@pytest.fixture
def broker_url(tmp_path: Path) -> Iterator[str]:
    """A broker on which two machines speak all the time."""
    with mosquitto(tmp_path / "broker") as broker:
        stop = threading.Event()
        client = mqtt.Client(CallbackAPIVersion.VERSION2)
        client.connect("127.0.0.1", int(broker.url.rpartition(":")[2]))
        client.loop_start()

        def speak() -> None:
            while not stop.wait(0.05):
                for machine in ("p1", "p2"):
                    client.publish(f"plant/{machine}/flow", b"7.5")
                client.publish("assetloop/v1/demo/P-101/telemetry", b'{"a": 1}')

        speaking = threading.Thread(target=speak)
        speaking.start()
        yield broker.url
        stop.set()
        speaking.join()
        client.disconnect()
        client.loop_stop()


@pytest.mark.needs("mosquitto")
def test_learn_proposes_a_mapping_that_try_reads(broker_url: str, tmp_path: Path) -> None:
    done = run("learn", "#", "--seconds", "1", ASSETLOOP_MQTT_URL=broker_url)
    assert done.returncode == 0, done.stderr
    assert b"assetloop/v1" not in done.stdout
    mapping = tmp_path / "mapping.toml"
    mapping.write_bytes(done.stdout)
    tried = run("try", "--topic", "plant/p2/flow", "--mapping", str(mapping), "--json", "-", said=b"3")
    assert [one["device"] for one in json.loads(tried.stdout)["readings"]] == ["plant/p2"]


@pytest.mark.needs("mosquitto")
def test_learn_that_hears_nothing_says_so(broker_url: str) -> None:
    done = run("learn", "nobody/#", "--seconds", "1", ASSETLOOP_MQTT_URL=broker_url)
    assert done.returncode == 1
    assert b"nothing that a mapping could read was said on nobody/# within 1 s; listen longer" in done.stderr


def test_learn_without_a_broker_is_one_line() -> None:
    done = run("learn", "#", ASSETLOOP_MQTT_URL=f"mqtt://127.0.0.1:{free_port()}")
    assert done.returncode == 1
    assert b"no broker at" in done.stderr


@pytest.mark.parametrize(("unit", "is_ok"), [("°C", True), ("K", False)])
def test_doctor_compares_the_mappings_units_with_the_registers(
    unit: str, is_ok: bool, database_url: str, tmp_path: Path
) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        MAPPING + f'[topic.signals.temperature]\nunit = "degF"\nregister_unit = "{unit}"\n', encoding="utf-8"
    )
    with psycopg.connect(database_url) as connection:
        plant = PlantRows(connection)
        plant.signal(plant.asset("P-7", name=""), "temperature", unit="°C")
    environment = without_settings(
        ASSETLOOP_DATABASE_URL=database_url, ASSETLOOP_MAPPING=str(mapping), ASSETLOOP_ALLOW_UNSUPPORTED="1"
    )
    done = run_text_command("doctor", "--data", str(tmp_path), environment=environment)
    told = (
        "its units are those of the register" if is_ok else "temperature: the mapping makes it K, the register has °C"
    )
    assert told in " ".join(done.stdout.split())
