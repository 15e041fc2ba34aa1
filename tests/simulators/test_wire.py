from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from plant.errors import Unavailable
from simulators.fleet import Fleet, Outbox, backfill
from simulators.wire import BrokerAway, PayloadTooLarge, Wire
from tests.conftest import free_port
from tests.patience import PATIENCE_S, wait_for


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def a_broker(port: int) -> Any:
    from iotcore import Broker

    return Broker(port=port, listen="127.0.0.1", max_payload_size=2**21)


def test_what_is_published_arrives_under_any_tag(broker: Any, listener: Any) -> None:
    with Wire(broker.url) as wire:
        wire.publish("assetloop/v1/厂/P-101%2FA 50%25/telemetry", b'{"k":1}')
        wire.flush(PATIENCE_S)
        assert wire.unconfirmed == 0
    assert listener.wait_for(1) == [("assetloop/v1/厂/P-101%2FA 50%25/telemetry", {"k": 1})]


def test_many_messages_pass_through_a_small_window_in_order(broker: Any, listener: Any) -> None:
    with Wire(broker.url, window=3) as wire:
        for number in range(500):
            wire.publish("t", str(number).encode())
            assert wire.unconfirmed <= 3
        wire.flush(PATIENCE_S)
    assert [payload for _, payload in listener.wait_for(500)] == list(range(500))


def test_backfill_of_a_plant_arrives_whole(broker: Any, listener: Any, fleet: Fleet) -> None:
    with Wire(broker.url) as wire:
        readings = backfill(fleet, wire, 1.7e9, 1.7e9 + 300, 1.0)
    arrays = [rows for _, rows in listener.wait_for(12 * 3)]
    assert sum(len(row["values"]) for rows in arrays for row in rows) == readings


def test_absent_broker_is_named_in_one_line_without_the_password(port: int) -> None:
    with pytest.raises(BrokerAway) as away:
        Wire(f"mqtt://meter:secret@127.0.0.1:{port}").connect()
    assert str(away.value) == f"no broker at mqtt://127.0.0.1:{port} (Connection refused)"
    assert isinstance(away.value, Unavailable)
    assert isinstance(away.value, ConnectionError)


def test_server_that_does_not_answer_is_named(silent_port: int) -> None:
    with pytest.raises(BrokerAway, match="does not answer"):
        Wire(f"mqtt://127.0.0.1:{silent_port}", connect_timeout_s=0.2).connect()


def test_wire_may_be_connected_once_the_broker_is_there(port: int) -> None:
    wire = Wire(f"mqtt://127.0.0.1:{port}")
    with pytest.raises(BrokerAway):
        wire.connect()
    with a_broker(port), wire:
        wire.publish("t", b"1")
        wire.flush(PATIENCE_S)


def test_closed_wire_leaves_no_thread(broker: Any) -> None:
    before = threading.active_count()
    with Wire(broker.url):
        assert threading.active_count() == before + 1
    assert threading.active_count() == before


def test_payload_above_the_limit_is_never_sent(broker: Any) -> None:
    with Wire(broker.url, payload_limit=10) as wire:
        with pytest.raises(PayloadTooLarge, match="payload of 11 bytes for t"):
            wire.publish("t", b"x" * 11)
        wire.publish("t", b"1")
        wire.flush(PATIENCE_S)


def test_unconfirmed_message_is_sent_again_after_the_broker_came_back(port: int) -> None:
    first = a_broker(port).start()
    with Wire(f"mqtt://127.0.0.1:{port}") as wire:
        freeze(first._process.pid)
        wire.publish("t", b"1")
        with pytest.raises(BrokerAway, match="1 messages unconfirmed"):
            wire.flush(0.1)
        first._process.kill()
        first.stop()
        with a_broker(port):
            wire.flush(PATIENCE_S)
            assert wire.connected


def test_outbox_waits_for_a_broker_that_went_and_came(port: int, listen_at: Any) -> None:
    first = a_broker(port).start()
    with Wire(f"mqtt://127.0.0.1:{port}") as wire:
        outbox = Outbox(wire=wire, limit=100)
        outbox.post("t", b"0")
        wire.flush(PATIENCE_S)
        first.stop()
        with pytest.raises(BrokerAway, match="is away"):
            _publish_until_refused(wire)
        for number in (1, 2, 3):
            outbox.post("t", str(number).encode())
        with a_broker(port), listen_at("127.0.0.1", port, "t") as listener:
            outbox.farewell(PATIENCE_S)
            assert [payload for _, payload in listener.wait_for(3)] == [1, 2, 3]


def freeze(pid: int) -> None:
    """Stop a process, and return when each of its threads stands still."""
    os.kill(pid, signal.SIGSTOP)
    tasks = Path(f"/proc/{pid}/task")
    wait_for(lambda: all(_stands(task) for task in tasks.iterdir()), what="process that stands still")


def _stands(task: Path) -> bool:
    return (task / "stat").read_text().rpartition(")")[2].split()[0] == "T"


def _publish_until_refused(wire: Wire) -> None:
    for _ in range(1_000):
        wire.publish("other", b"0", timeout_s=0.05)
