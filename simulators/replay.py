"""A recording is played back over the wire as if its machine were running now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import orjson

from plant.errors import Misconfigured
from plant.mqtt.topics import telemetry_topic
from simulators.tables.recording import RecordedTable, UnreadableRecording

if TYPE_CHECKING:
    from plant.clock import Clock
    from simulators.wire import Publisher

__all__ = ["RecordedTable", "UnreadableRecording", "publish"]

Progress = Callable[[int, int], None]
_GROUP_S = 0.010
_GROUP_ROWS = 100
_FLUSH_S = 30.0


def publish(
    recording: RecordedTable,
    wire: Publisher,
    site: str,
    asset: str,
    *,
    speed: float,
    clock: Clock,
    progress: Progress | None = None,
) -> int:
    """Publish a recording's rows with their spacing divided by `speed`; return the readings.

    The first row leaves at once. A row is a message; rows that would leave within 10 ms of each
    other share one. What falls behind is sent without waiting, and all is confirmed by the broker
    on return. A row without any value sends nothing. `progress(done, total)` hears
    counts of rows. Raises `BrokerAway`, `Misconfigured`.
    """
    if not speed > 0:
        message = f"speed {speed}: must be above 0"
        raise Misconfigured(message)
    topic = telemetry_topic(site, asset)
    started, readings = clock.now().timestamp(), 0
    for rows in _groups(recording, _GROUP_S * speed):
        due = started + (int(recording.times_ms[rows[0]]) / 1_000 - recording.start_s) / speed
        wait_s = due - clock.now().timestamp()
        if wait_s > 0:
            clock.sleep(wait_s)
        messages = [_message(recording, row) for row in rows]
        messages = [message for message in messages if message["values"]]
        if messages:
            wire.publish(topic, orjson.dumps(messages if len(messages) > 1 else messages[0]))
            readings += sum(len(message["values"]) for message in messages)
        if progress is not None:
            progress(rows[-1] + 1, len(recording))
    wire.flush(_FLUSH_S)
    return readings


def _groups(recording: RecordedTable, within_s: float) -> Iterator[range]:
    """Cut the rows into runs whose first and last lie less than `within_s` apart."""
    times_ms = recording.times_ms.tolist()
    first = 0
    for row in range(1, len(times_ms) + 1):
        is_last = row == len(times_ms)
        if is_last or row - first == _GROUP_ROWS or times_ms[row] - times_ms[first] >= within_s * 1_000:
            yield range(first, row)
            first = row


def _message(recording: RecordedTable, row: int) -> dict[str, Any]:
    return {"ts": int(recording.times_ms[row]), "values": recording.row(row)}
