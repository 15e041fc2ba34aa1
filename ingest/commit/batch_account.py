"""The account of a batch: what is stored of it, and for every device and message what became of its readings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ingest.commit.batch import Batch, SlowPathMessage
from ingest.commit.batch_columns import BatchColumns
from ingest.decoding.decoded import Reject
from ingest.decoding.device_profile import DeviceProfile
from plant.reading import Flag
from storage.binary.columns import ReadingColumns
from storage.telemetry.delivery import BatchDelivered
from storage.telemetry.prepared import AppendResult, OrderedReadings, ReadingOutcome

_COUNTED = {
    ReadingOutcome.STORED: "stored",
    ReadingOutcome.DUPLICATE: "duplicate",
    ReadingOutcome.CONFLICTING: "conflicting",
}
_ROW = np.dtype(
    [("device", "i8"), ("quarantined", "i8"), ("limited", "i8"), ("released", "i8"), ("counted_before", "i8")]
)
"""What is counted of a report beside the readings it stores.

`device` is its device's number. `quarantined` and `limited` are readings that are refused now. `released` are readings
that a replay takes out of quarantine, and `counted_before` those that are counted as quarantined for this device.
"""


@dataclass(kw_only=True, slots=True)
class MessageOutcome:
    """What became of the readings of one message, counted as in the delivery record; `refused` says why some were."""

    received: int = 0
    stored: int = 0
    duplicate: int = 0
    late: int = 0
    quarantined: int = 0
    conflicting: int = 0
    limited: int = 0
    refused: list[Reject] = field(default_factory=list)


class BatchAccount:
    """`readings` are those to store, in the order in which they came; `ordered` are they, ready to be written.

    There is a row for each report: first those of plain messages, then those of the slow path, then what is counted for
    a device without a report of its own.
    """

    def __init__(self, batch: Batch) -> None:
        slow, marks = _slow_path_columns(batch.slow_path)
        plain = batch.columns
        extra = [*_slow_path_rows(batch), *_limited_rows(batch), *_counted_before_rows(batch)]
        self._batch = batch
        self._devices = plain.devices + [device for device, _ in extra]
        self._rows = np.zeros(len(self._devices), _ROW)
        self._rows["device"] = np.fromiter([device.number for device in self._devices], np.int64, len(self._devices))
        for place, (device, counts) in enumerate(extra, start=len(plain.devices)):
            self._rows[place] = (device.number, *counts)
        values = np.concatenate([plain.values_of_reports(), slow.values_of_reports()])
        self._row_of_reading = np.repeat(np.arange(len(values)), values)
        self.readings = plain.readings()
        if slow.signal_ids:
            slow_readings = slow.readings()
            for place, mark in marks.items():
                slow_readings.flags[place] |= mark
            messages = np.concatenate([np.array(plain.messages), np.array(slow.messages)])
            as_received = np.argsort(np.repeat(messages, values), kind="stable")
            self.readings = ReadingColumns.joined([self.readings, slow_readings]).take(as_received)
            self._row_of_reading = self._row_of_reading[as_received]
        self.ordered = OrderedReadings.of(self.readings)
        self._expected = self._delivered(self.ordered.expected.outcomes)

    def delivered(self, appended: AppendResult) -> BatchDelivered:
        """Count, for every device, what became of its readings."""
        return self._expected if appended is self.ordered.expected else self._delivered(appended.outcomes)

    def _delivered(self, outcomes: NDArray[np.int8]) -> BatchDelivered:
        rows = self._rows
        _, first, device_of_row = np.unique(rows["device"], return_index=True, return_inverse=True)
        device_of_reading = device_of_row[self._row_of_reading]

        def count(which: NDArray[np.bool_]) -> NDArray[np.int64]:
            some: NDArray[np.int64] = np.bincount(device_of_reading[which], minlength=len(first))
            return some

        def sums(name: str) -> NDArray[np.int64]:
            summed: NDArray[np.int64] = np.bincount(device_of_row, rows[name], len(first)).astype(np.int64)
            return summed

        quarantined, limited = sums("quarantined"), sums("limited")
        counted_before = sums("counted_before")
        received = np.bincount(device_of_reading, minlength=len(first)) + quarantined + limited
        again = np.maximum(sums("released") - received, 0)  # what was held twice and can be stored only once
        return BatchDelivered(
            devices=[self._devices[place].name for place in first.tolist()],
            received=received + again - counted_before,
            stored=count(outcomes == ReadingOutcome.STORED),
            duplicate=count(outcomes == ReadingOutcome.DUPLICATE) + again,
            conflicting=count(outcomes == ReadingOutcome.CONFLICTING),
            late=count(self.readings.flags & Flag.LATE != 0),
            quarantined=quarantined - counted_before,
            limited=limited,
        )

    def by_message(self, outcomes: NDArray[np.int8]) -> dict[int, MessageOutcome]:
        """Say what became of each message, by its number."""
        slow = [(number, report) for number, message in self._batch.slow_path.items() for report in message.reports]
        message_of_row = [*self._batch.columns.messages, *(number for number, _ in slow)]
        by_number = {number: MessageOutcome() for number in message_of_row}
        late = self.readings.flags & Flag.LATE != 0
        for row, outcome, is_late in zip(self._row_of_reading.tolist(), outcomes.tolist(), late.tolist(), strict=True):
            message = by_number[message_of_row[row]]
            message.received += 1
            message.late += is_late
            name = _COUNTED[outcome]
            setattr(message, name, getattr(message, name) + 1)
        for number, report in slow:
            message = by_number[number]
            message.quarantined += report.quarantined
            message.limited += report.withheld
            message.received += report.quarantined + report.withheld
            message.refused += report.rejects.values()
        return by_number


_Counts = tuple[int, int, int, int]  # quarantined, limited, released, counted before: the rest of a row


def _slow_path_rows(batch: Batch) -> Iterator[tuple[DeviceProfile, _Counts]]:
    """Yield a row for each report of the slow path; what a message releases counts for its first report."""
    for number, message in batch.slow_path.items():
        arrival = batch.releases.get(number)
        released = 0 if arrival is None else arrival.readings
        for report in message.reports:
            if report.device is None:
                raise ValueError("a report is admitted before it is counted")
            yield report.device, (report.quarantined, 0, released, 0)
            released = 0


def _limited_rows(batch: Batch) -> Iterator[tuple[DeviceProfile, _Counts]]:
    for device, values in batch.limited.values():
        yield device, (0, values, 0, 0)


def _counted_before_rows(batch: Batch) -> Iterator[tuple[DeviceProfile, _Counts]]:
    """Yield the devices under whose names released readings were counted as quarantined until now.

    One that names no site was counted under its own name before anybody knew whose it is.
    """
    if not batch.releases:
        return
    devices = [report.device for message in batch.slow_path.values() for report in message.reports if report.device]
    by_name = {device.name: device for device in devices}
    for arrival in batch.releases.values():
        held = DeviceProfile(site=arrival.site, asset=arrival.asset, asset_id=None)
        yield by_name.setdefault(held.name, held), (0, 0, 0, arrival.readings)


def _slow_path_columns(messages: dict[int, SlowPathMessage]) -> tuple[BatchColumns, dict[int, int]]:
    """Put the reports of these messages into columns of their own; return them with the marks, by place."""
    columns, marks = BatchColumns(), {}
    for number, message in messages.items():
        for report in message.reports:
            marks.update({len(columns.values) + place: mark for place, mark in report.marks.items()})
            columns.add(report, number)
    return columns, marks
