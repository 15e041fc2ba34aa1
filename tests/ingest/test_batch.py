"""Group commit: when a batch is due, and what it weighs."""

from __future__ import annotations

from ingest.batch import Gathering, Message
from ingest.decoded import Decoded


def message(values: int = 1, payload: bytes = b"{}") -> Message:
    decoded = Decoded(site="demo", asset="P-101", keys=["a"] * values)
    return Message(topic="t", payload=payload, packet_id=1, arrival_us=0, decoded=decoded)


def gathering() -> Gathering:
    return Gathering(most_values=20, longest_s=0.2)


def test_nothing_is_due_where_nothing_was_gathered() -> None:
    assert not gathering().is_due(100.0, drained=True)
    assert gathering().take() is None


def test_a_drained_socket_makes_the_batch_due() -> None:
    gathered = gathering()
    gathered.add(message(), connection=1, now_s=5.0)
    assert not gathered.is_due(5.0, drained=False)
    assert gathered.is_due(5.0, drained=True)


def test_enough_values_make_the_batch_due() -> None:
    gathered = gathering()
    gathered.add(message(19), connection=1, now_s=5.0)
    assert not gathered.is_due(5.0, drained=False)
    gathered.add(message(1), connection=1, now_s=5.0)
    assert gathered.is_due(5.0, drained=False)


def test_time_makes_the_batch_due_counted_from_its_first_message() -> None:
    gathered = gathering()
    gathered.add(message(), connection=1, now_s=5.0)
    gathered.add(message(), connection=1, now_s=5.19)
    assert not gathered.is_due(5.19, drained=False)
    assert gathered.is_due(5.2, drained=False)


def test_taking_begins_anew() -> None:
    gathered = gathering()
    gathered.add(message(3, b"x" * 50), connection=7, now_s=5.0)
    assert gathered.weight == 350
    batch = gathered.take()
    assert batch is not None
    assert (batch.connection, batch.values, len(batch.messages)) == (7, 3, 1)
    assert (gathered.weight, gathered.opened_s) == (0, None)
