"""Sparkplug nodes spread over ingest processes that come and go: every value is stored once."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import paho.mqtt.client as mqtt
import psycopg
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from ingest.formats.sparkplug.payload import DataType, Payload
from storage.core.database import Database, Role
from storage.telemetry import slots
from tests.patience import PATIENCE_S, wait_for
from tests.plant_rows import PlantRows

pytestmark = pytest.mark.needs("mosquitto")
NODES = [f"N-{n}" for n in range(12)]
EVERY_S = 0.02


class EdgeNodes:
    """Nodes that say a number by its alias, every 20 ms in all, and are born when they are asked to be."""

    def __init__(self, address: Any) -> None:
        self.sent: list[tuple[str, float]] = []
        self.asked: Counter[str] = Counter()
        self._next = dict.fromkeys(NODES, 0)
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2)
        self._client.max_inflight_messages_set(0)
        self._client.on_message = lambda _client, _userdata, message: self._hear(message.topic.rpartition("/")[2])
        self._client.connect(address.host, address.port)
        self._client.loop_start()
        self._client.subscribe("spBv1.0/demo/NCMD/+", qos=1)
        self._thread = threading.Thread(target=self._speak, daemon=True)

    def begin(self) -> None:
        for node in NODES:
            self._be_born(node)
        self._thread.start()

    def _hear(self, node: str) -> None:
        self.asked[node] += 1
        self._be_born(node)

    def _be_born(self, node: str) -> None:
        with self._lock:
            self._next[node] = 0
            declared = {"name": "flow", "alias": 5, "datatype": DataType.Double, "is_null": True}
            self._publish("NBIRTH", node, {"name": "bdSeq", "datatype": DataType.Int64, "long_value": 3}, declared)

    def _speak(self) -> None:
        while not self._stop.wait(EVERY_S):
            node = NODES[len(self.sent) % len(NODES)]
            with self._lock:
                self._publish("NDATA", node, {"alias": 5, "double_value": float(len(self.sent))})
                self.sent.append((node, float(len(self.sent))))

    def _publish(self, kind: str, node: str, *metrics: dict[str, Any]) -> None:
        at = int(time.time() * 1000)
        message = Payload(timestamp=at, seq=self._next[node])
        self._next[node] = (self._next[node] + 1) % 256
        for metric in metrics:
            message.metrics.add(timestamp=at, **metric)
        self._client.publish(f"spBv1.0/demo/{kind}/{node}", message.SerializeToString(), qos=1)

    def await_sent(self, more: int) -> None:
        until = len(self.sent) + more
        wait_for(lambda: len(self.sent) >= until, what="messages")

    def fall_silent(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(PATIENCE_S)

    def close(self) -> None:
        self.fall_silent()
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def nodes(mosquitto: Any, plant_rows: PlantRows, register: None) -> Iterator[EdgeNodes]:  # noqa: ARG001
    for node in NODES:
        plant_rows.asset(node)
    made = EdgeNodes(mosquitto)
    yield made
    made.close()


def test_nodes_are_spread_over_processes_that_come_and_go_and_each_value_is_stored_once(
    mosquitto: Any,
    start_ingest: Any,
    nodes: EdgeNodes,
    database_url: str,
    superuser: psycopg.Connection[tuple[object, ...]],
) -> None:
    def agreed() -> list[tuple[object, ...]]:
        return superuser.execute(
            "SELECT slot, spread_over FROM ingest_slot WHERE is_listening ORDER BY slot"
        ).fetchall()

    def await_ring(*ring: int) -> None:
        wait_for(lambda: agreed() == [(slot, list(ring)) for slot in ring], what=f"ring {ring}, but {agreed()}")

    first = start_ingest(mosquitto, holder="first", share="plant")
    await_ring(0)
    nodes.begin()
    nodes.await_sent(20)
    for number, holder in enumerate(("second", "third"), 1):
        start_ingest(mosquitto, holder=holder, share="plant")
        await_ring(*range(number + 1))
    nodes.await_sent(50)
    first.stop()
    await_ring(0, 1, 2)
    nodes.await_sent(20)
    with Database(database_url, role=Role.OWNER) as database, database.transaction() as tx:
        (ended,) = slots.drain(tx)
    await_ring(*sorted({0, 1, 2} - {ended}))
    nodes.await_sent(50)
    nodes.fall_silent()
    rows = (
        "SELECT asset.tag, value, flags FROM reading JOIN signal USING (signal_id) JOIN asset USING (asset_id)"
        " WHERE key = 'flow' ORDER BY value"
    )
    wait_for(lambda: len(superuser.execute(rows).fetchall()) >= len(nodes.sent), what="every value")
    stored = superuser.execute(rows).fetchall()
    assert [(tag, value) for tag, value, _ in stored] == nodes.sent
    assert superuser.execute("SELECT reason, detail FROM quarantine").fetchall() == []
    assert {flags for _, _, flags in stored[-len(NODES) :]} == {0}
    assert max(nodes.asked.values()) <= 5  # at each change for those that it moves, and when the first process ends
