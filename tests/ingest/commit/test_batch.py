"""Group commit: when a batch is due, what becomes of parts of it, and what its messages' senders hear."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence

import numpy as np
import pytest

from ingest.commit.batch import Batch, Gathering, MessageBlock, SlowPathMessage
from ingest.decoding.decoded import DeviceReport
from ingest.decoding.device_profile import DeviceProfile
from plant.errors import Rejected

PUMP = DeviceProfile(site="demo", asset="P-101", asset_id=1, signals={"a": 11, "b": 12})


class Source:
    """A source of messages that remembers what was acknowledged."""

    def __init__(self) -> None:
        self.heard: list[int] = []

    def acknowledge(self, packet_ids: Sequence[int]) -> None:
        self.heard += packet_ids


def report(*values: float) -> DeviceReport:
    """An admitted report with one instant of signals a and b for each pair of values."""
    instants = len(values) // 2
    admitted = DeviceReport(
        "demo", "P-101", [("a", "b")] * instants, [5] * instants, [0] * instants, array("d", values)
    )
    admitted.device, admitted.signal_ids = PUMP, [np.array([11, 12], np.int32)] * instants
    return admitted


def add(batch: Batch, *values: float, source: Source | None = None, packet_id: int = 1) -> None:
    batch.blocks.append(MessageBlock([(b"t", b"payload", packet_id, 0)], 1_000 + batch.messages, source))
    batch.columns.add(report(*values), batch.messages)
    batch.messages += 1


def gathering() -> Gathering:
    return Gathering(most_values=20, longest_s=0.2)


def test_nothing_is_due_where_nothing_was_gathered() -> None:
    assert not gathering().is_due(100.0, drained=True)
    assert gathering().take_batch() is None


def test_a_drained_socket_makes_the_batch_due() -> None:
    gathered = gathering()
    add(gathered.open(5.0), 1, 2)
    assert not gathered.is_due(5.0, drained=False)
    assert gathered.is_due(5.0, drained=True)


def test_enough_values_make_the_batch_due_and_leave_no_room() -> None:
    gathered = gathering()
    add(gathered.open(5.0), *range(18))
    assert not gathered.is_due(5.0, drained=False)
    assert gathered.has_room
    add(gathered.open(5.0), 1, 2)
    assert gathered.is_due(5.0, drained=False)
    assert not gathered.has_room


def test_time_makes_the_batch_due_counted_from_its_first_message() -> None:
    gathered = gathering()
    add(gathered.open(5.0), 1, 2)
    add(gathered.open(5.19), 1, 2)
    assert not gathered.is_due(5.19, drained=False)
    assert gathered.is_due(5.2, drained=False)


def test_what_is_small_is_gathered_for_a_moment_at_least() -> None:
    gathered = Gathering(most_values=20, longest_s=0.2, shortest_s=0.05)
    assert gathered.due_in_s(4.0) == math.inf
    add(gathered.open(5.0), 1, 2)
    assert not gathered.is_due(5.04, drained=True)
    assert gathered.due_in_s(5.04) == pytest.approx(0.01)
    assert not gathered.is_due(5.06, drained=False)
    assert gathered.is_due(5.06, drained=True)
    assert gathered.due_in_s(5.06) == 0.0
    add(gathered.open(5.06), *range(18))
    assert gathered.is_due(5.0, drained=False)


def test_taking_begins_anew() -> None:
    gathered = gathering()
    add(gathered.open(5.0), 1, 2)
    batch = gathered.take_batch()
    assert batch is not None
    assert (batch.messages, batch.opened_s) == (1, 5.0)
    assert (gathered.weight, gathered.opened_s) == (0, None)


def test_a_batch_that_is_large_enough_takes_in_nothing_more() -> None:
    gathered = gathering()
    for number in range(5):
        add(gathered.open(5.0 + number), *range(10))
    gathered.open(9.0).weight = 7
    assert (gathered.opened_s, gathered.weight) == (5.0, 7)
    first, second = gathered.take_batch(), gathered.take_batch()
    assert first is not None
    assert second is not None
    assert (first.messages, first.opened_s, second.messages, second.opened_s) == (4, 5.0, 1, 9.0)
    assert gathered.take_batch() is None


def test_each_sender_hears_of_its_own_messages_in_their_order() -> None:
    one, other = Source(), Source()
    batch = Batch(opened_s=0.0)
    for packet_id, source in ((7, one), (3, other), (8, one), (0, one)):
        add(batch, 1, 2, source=source, packet_id=packet_id)
    assert batch.has_messages_from(one)
    batch.acknowledge()
    assert (one.heard, other.heard) == ([7, 8], [3])


def test_a_part_holds_its_messages_alone() -> None:
    batch = Batch(opened_s=0.0)
    for number in range(4):
        add(batch, *range(2 * number))
    batch.slow_path[4] = SlowPathMessage(b"t", b"odd", 0)
    batch.messages = 5
    part = batch.part(2, 4)
    assert part.columns.values.tolist() == [0, 1, 2, 3, 0, 1, 2, 3, 4, 5]
    assert part.columns.readings().signal_ids.tolist() == [11, 12] * 5
    assert (part.messages, part.slow_path, part.arrival_us) == (2, {}, 1_002)
    assert list(batch.part(4, 5).slow_path) == [4]


def test_a_refused_message_keeps_its_payload_its_device_and_how_many_readings_it_had() -> None:
    batch = Batch(opened_s=0.0)
    add(batch, 1, 2)
    add(batch, 1, 2, 3, 4)
    refused = batch.part(1, 2).refused(Rejected("too_wild"))
    (message,) = refused.slow_path.values()
    assert (message.payload, message.arrival_us, message.is_admitted) == (b"payload", 1_001, True)
    assert [(one.device, one.rejects["too_wild"].readings) for one in message.reports] == [(PUMP, 4)]
    assert not refused.columns.values
