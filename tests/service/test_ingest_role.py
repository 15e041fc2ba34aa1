"""The ingest role as a process of its own: it says what it counts, stops when told, and its commands tell the truth."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import paho.mqtt.client as mqtt
import psycopg
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tests.commands import run_text_command
from tests.conftest import free_port
from tests.patience import TimeLeft, wait_for
from tests.plant_rows import PlantRows
from tests.stack import ASSETLOOP

Superuser = psycopg.Connection[tuple[object, ...]]
_CLIENT = httpx.Client(verify=False, timeout=60)  # noqa: S501 - made once: it would read certificates each time


@pytest.fixture
def environment(database_url: str, broker: Any, tmp_path: Path, superuser: Superuser) -> dict[str, str]:
    PlantRows(superuser).asset("P-101", name="Pump")
    return {
        **os.environ,
        "ASSETLOOP_DATABASE_URL": database_url,
        "ASSETLOOP_MQTT_URL": broker.url,
        "ASSETLOOP_DATA": str(tmp_path / "data"),
        "ASSETLOOP_METRICS_PORT": str(free_port()),
    }


@pytest.fixture
def ingest(environment: dict[str, str], superuser: Superuser) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([ASSETLOOP, "ingest"], env=environment, stderr=subprocess.PIPE, text=True)
    wait_for(
        lambda: superuser.execute("SELECT FROM ingest_slot WHERE is_listening").fetchone() is not None,
        what="ingest that listens",
    )
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


@pytest.fixture
def say(broker: Any) -> Iterator[Callable[..., None]]:
    device = mqtt.Client(CallbackAPIVersion.VERSION2)
    device.connect(broker.host, broker.port)
    device.loop_start()

    def say_(document: Any, asset: str = "P-101", topic: str = "assetloop/v1/demo/{}/telemetry") -> None:
        topic = topic.format(asset)
        device.publish(topic, orjson.dumps(document), qos=1).wait_for_publish(60)

    yield say_
    device.disconnect()
    device.loop_stop()


def run(environment: dict[str, str], *arguments: str) -> str:
    done = run_text_command(*arguments, environment=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def figures(environment: dict[str, str]) -> dict[str, float]:
    text = _CLIENT.get(f"http://127.0.0.1:{environment['ASSETLOOP_METRICS_PORT']}/metrics").text
    return {name: float(value) for name, value in re.findall(r"^(assetloop\S+) (\S+)$", text, re.MULTILINE)}


def now_ms() -> int:
    return int(time.time() * 1000)


def test_every_stage_is_counted(
    ingest: subprocess.Popen[str],  # noqa: ARG001 - runs
    environment: dict[str, str],
    say: Callable[..., None],
    superuser: Superuser,
) -> None:
    begin_ms = now_ms()
    for n in range(20):
        say({"ts": begin_ms + n, "values": {"a": n, "b": n}})
    say({"ts": begin_ms, "values": {"a": 0, "b": "text"}})
    say({"n": 1}, "P-999")
    wait_for(
        lambda: superuser.execute("SELECT sum(received) FROM delivery_by_minute").fetchone() == (43,),
        what="43 readings",
    )
    wait_for(lambda: figures(environment)["assetloop_ingest_committed_messages_total"] == 22, what="count")
    told = figures(environment)
    assert told["assetloop_ingest_received_messages_total"] == 22
    assert told['assetloop_ingest_values_total{outcome="stored"}'] == 40
    assert told['assetloop_ingest_values_total{outcome="duplicate"}'] == 1
    assert told['assetloop_ingest_values_total{outcome="quarantined"}'] == 2
    assert told['assetloop_ingest_values_total{outcome="limited"}'] == 0
    assert told["assetloop_ingest_commit_seconds_count"] == told["assetloop_ingest_batch_values_count"] > 0
    counted, passed_s = told["assetloop_ingest_publish_to_commit_seconds_count"], (now_ms() - begin_ms) / 1000
    assert 0 < told["assetloop_ingest_publish_to_commit_seconds_sum"] < counted * passed_s
    assert told["assetloop_ingest_window_free_bytes"] > 0
    assert told["assetloop_ingest_spool_bytes"] == 0
    assert told['assetloop_ingest_sessions{state="subscribed"}'] == 1


def test_told_to_stop_it_stores_what_it_has_and_leaves_within_5_s(
    ingest: subprocess.Popen[str], say: Callable[..., None], superuser: Superuser
) -> None:
    begin_ms = now_ms()
    for n in range(300):
        say({"ts": begin_ms + n, "values": {"a": n}})
    left = TimeLeft()
    ingest.send_signal(signal.SIGTERM)
    _, said = ingest.communicate(timeout=60)
    assert left.taken_s() < 5
    assert ingest.returncode == 0, said
    assert "Traceback" not in said
    assert superuser.execute("SELECT count(*) FROM ingest_slot WHERE holder IS NOT NULL").fetchone() == (0,)
    stored = superuser.execute("SELECT count(*) FROM reading").fetchone()
    assert stored == superuser.execute("SELECT sum(stored) FROM delivery_by_minute").fetchone()


def test_it_leaves_within_5_s_also_where_the_database_has_stopped(
    environment: dict[str, str], ingest: subprocess.Popen[str], say: Callable[..., None], superuser: Superuser
) -> None:
    with psycopg.connect(environment["ASSETLOOP_DATABASE_URL"]) as locking:
        locking.execute("LOCK TABLE reading, ingest_slot")
        say({"ts": now_ms(), "values": {"a": 1}})
        waiting = "SELECT FROM pg_locks WHERE NOT granted AND relation = 'reading'::regclass"
        wait_for(lambda: superuser.execute(waiting.encode()).fetchall(), what="commit that waits")
        left = TimeLeft()
        ingest.send_signal(signal.SIGTERM)
        ingest.communicate(timeout=60)
        assert left.taken_s() < 5
    assert superuser.execute("SELECT count(*) FROM reading").fetchone() in {(0,), (1,)}


def test_status_quarantine_and_liveness_tell_what_is_and_approval_replays(
    ingest: subprocess.Popen[str],  # noqa: ARG001 - runs
    environment: dict[str, str],
    say: Callable[..., None],
    superuser: Superuser,
) -> None:
    say({"ts": now_ms(), "values": {"a": 1, "b": 2}})
    for n in range(3):
        say({"ts": now_ms() + n, "values": {"n": n}}, "P-9")
    wait_for(
        lambda: superuser.execute("SELECT sum(received) FROM delivery_by_minute").fetchone() == (5,),
        what="5 readings",
    )
    told = json.loads(run(environment, "ingest", "status", "--since", "10m", "--json"))
    assert {one["device"]: one["stored"] for one in told["devices"]} == {"demo/P-101": 2, "demo/P-9": 0}
    assert told["sums"] == {
        **dict.fromkeys(("duplicate", "late", "conflicting", "limited"), 0),
        "received": 5,
        "stored": 2,
        "quarantined": 3,
    }
    assert [slot["is_listening"] for slot in told["slots"]] == [True]
    shown = run(environment, "ingest", "status", "--device", "demo/P-9")
    assert re.search(r"demo/P-9 +3 +0 +0 +0 +3 +0 +0\n", shown)
    assert "listening" in shown

    (waiting,) = json.loads(run(environment, "quarantine", "list", "--json"))["assets"]
    assert (waiting["site"], waiting["asset"], waiting["messages"]) == ("demo", "P-9", 3)
    assert "demo/P-9" in run(environment, "quarantine", "list")
    run(environment, "quarantine", "approve", "demo/P-9", "--class", "pump")
    wait_for(lambda: superuser.execute("SELECT count(*) FROM reading").fetchone() == (5,), what="a replay")
    assert "nothing is held" in run(environment, "quarantine", "list")

    def liveness() -> list[tuple[str, ...]]:
        alive = json.loads(run(environment, "liveness", "demo/P-101", "--json"))["assets"]
        return [(one["session"], one["device"], one["sensors"]) for one in alive]

    # Latest values are brought forward once a second.
    wait_for(lambda: liveness() == [("up", "alive", "fresh")], what="living P-101 with fresh sensors")
    wait_for(lambda: re.search(r"demo/P-9 +\S+ +up +alive", run(environment, "liveness")), what="a living P-9")


def test_a_gateways_device_without_a_site_is_approved_at_one_and_replayed(
    ingest: subprocess.Popen[str],  # noqa: ARG001 - runs
    environment: dict[str, str],
    say: Callable[..., None],
    superuser: Superuser,
) -> None:
    for n in range(3):
        say({"G-7": [{"ts": now_ms() + n, "values": {"n": n}}]}, topic="v1/gateway/telemetry")
    wait_for(
        lambda: superuser.execute("SELECT sum(received) FROM delivery_by_minute").fetchone() == (3,),
        what="3 readings",
    )
    assert re.search(r"\nG-7 +3 +3 .*names no site: approve it as SITE/G-7\n", run(environment, "quarantine", "list"))
    said = run(environment, "quarantine", "approve", "demo/G-7", "--class", "pump", "--name", "Gateway's pump")
    assert said == "demo/G-7 is registered as pump; stored now of it: 3 messages\n"
    wait_for(lambda: superuser.execute("SELECT count(*) FROM reading").fetchone() == (3,), what="a replay")
    assert "nothing is held" in run(environment, "quarantine", "list")
    status = json.loads(run(environment, "ingest", "status", "--json"))
    assert [(one["device"], one["received"], one["stored"]) for one in status["devices"]] == [("demo/G-7", 3, 3)]
    assert superuser.execute("SELECT name FROM asset WHERE tag = 'G-7'").fetchone() == ("Gateway's pump",)
    events = superuser.execute(
        "SELECT entry ->> 'event', entry ->> 'asset', entry -> 'messages' FROM ledger"
    ).fetchall()
    assert events == [("asset.approved", "G-7", 3)]


def test_device_tokens_are_issued_listed_and_revoked(environment: dict[str, str]) -> None:
    token = run(environment, "device", "issue", "--site", "demo", "--name", "hall 3").strip()
    assert token.startswith("dev_")
    token_id = token.split("_")[1]
    listed = run(environment, "device", "list")
    assert re.search(rf"{token_id} +demo/\* +hall 3 +never +valid", listed)
    assert token.split("_", 2)[2] not in listed
    run(environment, "device", "revoke", token_id)
    assert "revoked" in run(environment, "device", "list")
