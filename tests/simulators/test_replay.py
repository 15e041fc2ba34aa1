from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from plant.clock import ManualClock
from plant.errors import Misconfigured
from simulators.replay import RecordedTable, publish


def recorded(times_s: list[float], clock: ManualClock) -> RecordedTable:
    start_ms = round(clock.now().timestamp() * 1_000)
    times_ms = start_ms + np.array([round(second * 1_000) for second in times_s], dtype=np.int64)
    return RecordedTable(
        name="r", keys=("flow",), times_ms=times_ms, values=np.arange(len(times_s), dtype=float)[:, None]
    )


def test_spacing_is_kept_and_divided_by_the_speed(wire: Any, clock: ManualClock) -> None:
    start = clock.now().timestamp()
    readings = publish(recorded([0, 1, 2, 60, 61.5], clock), wire, "s", "a/b", speed=50, clock=clock)
    assert readings == 5
    assert [sent - start for sent, _, _ in wire.sent] == pytest.approx([0, 0.02, 0.04, 1.2, 1.23], abs=1e-5)
    assert [message["values"]["flow"] for _, _, message in wire.sent] == [0, 1, 2, 3, 4]
    assert {topic for _, topic, _ in wire.sent} == {"assetloop/v1/s/a%2Fb/telemetry"}


def test_last_row_leaves_at_its_own_time_and_none_lies_in_the_future(wire: Any, clock: ManualClock) -> None:
    recording = recorded([0, 10, 50, 100], clock)
    shifted = recording.shifted_to(clock.now().timestamp() + recording.span_s / 20)
    publish(shifted, wire, "s", "a", speed=20, clock=clock)
    ages = [sent - message["ts"] / 1_000 for sent, _, message in wire.sent]
    assert min(ages) > -0.002
    assert ages[-1] == pytest.approx(0, abs=0.002)


def test_rows_closer_than_ten_milliseconds_share_a_message(wire: Any, clock: ManualClock) -> None:
    readings = publish(recorded(list(range(1_000)), clock), wire, "s", "a", speed=1_000, clock=clock)
    assert readings == 1_000
    assert {len(message) for _, _, message in wire.sent} == {10}
    assert [row["values"]["flow"] for _, _, message in wire.sent for row in message] == list(range(1_000))


def test_however_fast_a_message_stays_small(wire: Any, clock: ManualClock) -> None:
    publish(recorded(list(range(1_000)), clock), wire, "s", "a", speed=1e9, clock=clock)
    assert max(len(message) for _, _, message in wire.sent) == 100


def test_row_without_values_sends_nothing(wire: Any, clock: ManualClock) -> None:
    recording = recorded([0, 1, 2], clock)
    recording.values[1] = np.nan
    assert publish(recording, wire, "s", "a", speed=1, clock=clock) == 2
    assert len(wire.sent) == 2


def test_empty_slice_sends_nothing(wire: Any, clock: ManualClock) -> None:
    assert publish(recorded([0, 1], clock).rows(2), wire, "s", "a", speed=1, clock=clock) == 0
    assert wire.sent == []


@pytest.mark.parametrize("speed", [0, -1, float("nan")])
def test_speed_that_is_not_above_zero_is_refused(wire: Any, clock: ManualClock, speed: float) -> None:
    with pytest.raises(Misconfigured, match="must be above 0"):
        publish(recorded([0, 1], clock), wire, "s", "a", speed=speed, clock=clock)
